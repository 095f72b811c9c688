using System.Runtime.InteropServices;

namespace DlGen.Benchmarks;

/// <summary>
/// ONNX Runtime's C interface: a table of functions whose order is fixed from version to version (new ones are added at its end), of which this names
/// the few that run a model on the processor.
/// </summary>
internal sealed unsafe class OrtApi
{
    private const uint TableVersion = 1;
    private readonly nint* table;

    private OrtApi(nint* table, string version)
    {
        this.table = table;
        Version = version;
    }

    public string Version { get; }

    /// <summary>Reads the table of a loaded library.</summary>
    public static OrtApi Of(nint library)
    {
        var getBase = (delegate* unmanaged<nint*>)NativeLibrary.GetExport(library, "OrtGetApiBase");
        nint* apiBase = getBase();
        var getApi = (delegate* unmanaged<uint, nint*>)apiBase[0];
        var getVersion = (delegate* unmanaged<byte*>)apiBase[1];
        return new OrtApi(getApi(TableVersion), Marshal.PtrToStringUTF8((nint)getVersion())!);
    }

    public nint CreateEnvironment()
    {
        nint environment;
        fixed (byte* name = "dlgen"u8) Check(((delegate* unmanaged<int, byte*, nint*, nint>)table[3])(LogErrors, name, &environment));
        return environment;
    }

    /// <summary>A session with every optimisation of the graph, sequential, with so many threads inside of an operation and none beside.</summary>
    public nint CreateSession(nint environment, string modelPath, int threads)
    {
        const int AllOptimisations = 99;
        nint options, session;
        Check(((delegate* unmanaged<nint*, nint>)table[10])(&options));
        Check(((delegate* unmanaged<nint, int, nint>)table[23])(options, AllOptimisations));
        Check(((delegate* unmanaged<nint, int, nint>)table[24])(options, threads));
        Check(((delegate* unmanaged<nint, int, nint>)table[25])(options, 1));
        nint path = Marshal.StringToCoTaskMemUTF8(modelPath);
        try
        {
            Check(((delegate* unmanaged<nint, byte*, nint, nint*, nint>)table[7])(environment, (byte*)path, options, &session));
        }
        finally
        {
            Marshal.FreeCoTaskMem(path);
            Release(100, options);
        }
        return session;
    }

    /// <summary>A tensor of floats over memory of the caller's.</summary>
    public nint CreateTensor(float* data, ReadOnlySpan<long> shape)
    {
        const int ArenaAllocator = 1, DefaultMemory = 0, Floats = 1;
        nint memory, tensor;
        nuint bytes = sizeof(float);
        foreach (long extent in shape) bytes *= (nuint)extent;
        Check(((delegate* unmanaged<int, int, nint*, nint>)table[69])(ArenaAllocator, DefaultMemory, &memory));
        fixed (long* extents = shape)
            Check(((delegate* unmanaged<nint, float*, nuint, long*, nuint, int, nint*, nint>)table[49])(memory, data, bytes, extents, (nuint)shape.Length, Floats, &tensor));
        Release(94, memory);
        return tensor;
    }

    /// <summary>Computes "output" from "input"; both tensors are the caller's.</summary>
    public void Run(nint session, nint input, nint output)
    {
        fixed (byte* inputName = "input"u8, outputName = "output"u8)
        {
            Check(((delegate* unmanaged<nint, nint, byte**, nint*, nuint, byte**, nuint, nint*, nint>)table[9])(
                session, 0, &inputName, &input, 1, &outputName, 1, &output));
        }
    }

    public void ReleaseEnvironment(nint environment) => Release(92, environment);

    public void ReleaseSession(nint session) => Release(95, session);

    public void ReleaseTensor(nint tensor) => Release(96, tensor);

    private const int LogErrors = 3;

    private void Release(int function, nint value) => ((delegate* unmanaged<nint, void>)table[function])(value);

    /// <summary>Turns a status, which is null when all went well, into an exception with its message.</summary>
    private void Check(nint status)
    {
        if (status == 0) return;
        string message = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<nint, byte*>)table[2])(status))!;
        Release(93, status);
        throw new InvalidOperationException("ONNX Runtime: " + message);
    }
}
