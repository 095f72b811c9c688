using DlGen.Gpu.Cases;
using DlGen.Ptx;
using DlGen.Tests.Cases;
using DlGen.Tests.Emulation;
using DlGen.Tests.Execution;
using DlGen.Tests.Kernels;

namespace DlGen.Tests.Runner;

/// <summary>Cases of kernels, written and read again, on an emulated device: what is as it should be passes, and what is not is told.</summary>
public class CaseTests
{
    private const int Rows = 5;

    private static readonly PtxModule Module = PtxPrinter.Print([HandMadeKernels.Product(5, 7, 4), HandMadeKernels.OverRows(3, 5)], float64: false);

    private static KernelCase Case(int kernel)
        => new KernelTrial(kernel == 0 ? HandMadeKernels.Product(5, 7, 4) : HandMadeKernels.OverRows(3, 5), float64: false, Rows, seed: 3).Cases(Module.Kernels[kernel], 1e-5).First();

    [Fact]
    public void Pass_as_they_were_written()
    {
        string text = Run(Module.Text, Case(0), Case(1), out bool failed);
        Assert.False(failed, text);
        Assert.Contains("2 cases of kernels, 0 failed", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_that_is_another_fails()
    {
        var changed = Case(0);
        var buffer = changed.Buffers[2];
        byte[] expected = [.. buffer.Expected!];
        BitConverter.TryWriteBytes(expected.AsSpan(4), 1 + BitConverter.ToSingle(expected, 4));
        string text = Run(Module.Text, changed with { Buffers = [.. changed.Buffers[..2], buffer with { Expected = expected }] }, Case(1), out bool failed);
        Assert.True(failed);
        Assert.Contains("buffer 2, element 1 is", text, StringComparison.Ordinal);
        Assert.Contains("2 cases of kernels, 1 failed", text, StringComparison.Ordinal);
    }

    /// <summary>The last element of a result becomes a guard's.</summary>
    [Fact]
    public void Writing_behind_a_buffer_fails()
    {
        var shorter = Case(0);
        var buffer = shorter.Buffers[2];
        buffer = buffer with { Before = buffer.Before[..^4], Expected = buffer.Expected![..^4] };
        string text = Run(Module.Text, shorter with { Buffers = [.. shorter.Buffers[..2], buffer] }, Case(1), out bool failed);
        Assert.True(failed);
        Assert.Contains("something is written behind buffer 2", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_chip_cannot_run_is_left_out()
    {
        string text = Run(Module.Text.Replace(".target sm_70", ".target sm_90", StringComparison.Ordinal), Case(0), Case(1), out bool failed);
        Assert.False(failed);
        Assert.Contains("0 cases of kernels, 0 failed, 2 left out", text, StringComparison.Ordinal);
    }

    private static string Run(string module, KernelCase first, KernelCase second, out bool failed)
    {
        string folder = Directory.CreateTempSubdirectory("dlgen-cases").FullName;
        try
        {
            string path = Path.Combine(folder, "module" + CaseFile.Extension);
            CaseFile.Begin(path, module);
            CaseFile.Append(path, first);
            CaseFile.Append(path, second);
            var output = new StringWriter();
            using var device = new Execution.EmulatedDevice();
            var run = new CaseRun(device, output);
            run.RunFolder(folder);
            run.Summarise();
            Assert.Equal(0, device.Held);
            failed = run.HasFailed;
            return output.ToString();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
