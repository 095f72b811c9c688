using System.Runtime.CompilerServices;
using System.Text;

namespace DlGen.Devices;

internal sealed unsafe partial class CudaDevice
{
    private const string SmallerBatches = "take a smaller batch, or micro-batches (TrainingOptions.MicroBatchSize)";

    private void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result != 0) throw Failure(result, call);
    }

    /// <summary>Gives something back. A context that is lost has none of it any more.</summary>
    private void GiveBack(delegate* unmanaged<nint, int> function, Holding kind, nint handle, string call)
    {
        if (handle == 0 || lost || disposed) return;
        try
        {
            using var current = Enter();
            MustNotCapture();
            Check(function(handle), call);
            held.Remove((kind, handle));
        }
        catch (CudaException error) when (error.IsContextLost)
        {
            // It went with the context.
        }
    }

    /// <param name="result">What the driver answered.</param>
    /// <param name="expression">The call, in the driver's name for it or as it is written here.</param>
    /// <param name="about">What was asked for, to follow the call's name.</param>
    /// <param name="advice">What to do, to follow what the driver says.</param>
    /// <param name="log">What the driver's compiler wrote.</param>
    private DlGenException Failure(int result, string expression, string about = "", string advice = "", string? log = null)
    {
        string call = NameOf(expression);
        if (capturing) AbandonCapture();
        if (result == CudaError.OutOfMemory) return OutOfMemory(null, call);
        bool loses = CudaError.LosesContext(result);
        lost |= loses;
        if (loses)
        {
            advice = " Work queued before may be at fault. The context is lost, with all that lay on the device: end this process, and go on in a new one from a checkpoint or a saved model; "
                + "compute-sanitizer tells which access of which kernel it was.";
        }

        string text = CudaError.TextOf(driver, result);
        string name = CudaError.NameOf(driver, result);
        return new CudaException($"{call}{about} failed on {info.Title} with {name} ({result}): {text}.{advice}{(log is null ? "" : "\n" + log)}", call, result, name, text, loses, log);
    }

    private DlGenException ModuleRefused(int result, byte[] log)
    {
        int end = Array.IndexOf(log, (byte)0);
        string said = Encoding.UTF8.GetString(log, 0, end < 0 ? log.Length : end).Trim();
        string advice = result switch
        {
            CudaError.UnsupportedPtxVersion => " The module's PTX is newer than this driver; install a newer one.",
            CudaError.JitCompilerNotFound => " The driver's compiler, libnvidia-ptxjitcompiler, is missing; install all of the driver's libraries.",
            CudaError.NoBinaryForGpu => $" The module is for a newer chip than compute capability {info.ComputeCapability}.",
            _ => "",
        };
        return Failure(result, "cuModuleLoadDataEx", advice: advice, log: said.Length == 0 ? "The driver's compiler wrote nothing." : said);
    }

    private CudaOutOfMemoryException OutOfMemory(long? requested, string call)
    {
        var (free, total) = MemoryLeft();
        string asked = requested is { } bytes ? $"{ModelInfo.Size(bytes)} could not be allocated" : $"{call} needs more memory than is left";
        string left = free is { } some ? $"{ModelInfo.Size(some)} of its {ModelInfo.Size(total)} are free" : $"too little of its {ModelInfo.Size(total)} is free";
        return new(
            $"{asked} on {info.Title}: {left}; {SmallerBatches}, or end what else has memory there (nvidia-smi lists it).",
            requested, free, total);
    }

    private static CudaOutOfMemoryException OutOfHostMemory(long requested) => new(
        $"{ModelInfo.Size(requested)} of pinned memory could not be allocated on the host, which needs that much physical memory free; {SmallerBatches}.", requested, free: null, total: null);

    /// <summary>cuCtxGetCurrent of "driver.cuCtxGetCurrent(&amp;before)".</summary>
    private static string NameOf(string expression)
    {
        int begin = expression.LastIndexOf("driver.", StringComparison.Ordinal);
        int end = expression.IndexOf('(', StringComparison.Ordinal);
        return expression[(begin < 0 ? 0 : begin + "driver.".Length)..(end < 0 ? expression.Length : end)];
    }
}
