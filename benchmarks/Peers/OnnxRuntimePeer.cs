using System.Runtime.InteropServices;

namespace DlGen.Benchmarks;

/// <summary>
/// ONNX Runtime in this process, through its C interface. Its settings are its defaults but for threads and optimisations: with one thread there is none of its own,
/// with more they spin between operations, as it does by itself.
/// </summary>
internal sealed class OnnxRuntimePeer : IDisposable
{
    private readonly OrtApi api;
    private readonly nint environment;
    private readonly int threads;
    private readonly string folder = Directory.CreateTempSubdirectory("dlgen-onnx").FullName;

    private OnnxRuntimePeer(OrtApi api, int threads)
    {
        this.api = api;
        this.threads = threads;
        environment = api.CreateEnvironment();
    }

    public string Version => "ONNX Runtime " + api.Version;

    /// <summary>Loads the library, or gives null where there is none.</summary>
    public static OnnxRuntimePeer? Start(int threads)
    {
        string path = Environment.GetEnvironmentVariable("ONNXRUNTIME_LIBRARY")
            ?? Path.Combine(Sources.Folder, "node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1");
        return NativeLibrary.TryLoad(path, out nint library) ? new OnnxRuntimePeer(OrtApi.Of(library), threads) : null;
    }

    /// <summary>The contestant that predicts with what PyTorch took last, whose export it reads.</summary>
    /// <param name="contest">Who owns what it needs.</param>
    /// <param name="source">Whose network it is.</param>
    /// <param name="rows">The rows of the batch.</param>
    /// <param name="inputs">The inputs, row by row.</param>
    /// <param name="outputs">Numbers that a row gives.</param>
    /// <param name="shape">Extents of a row's input; a vector where there are none.</param>
    public Contestant Predicts(Contest contest, PyTorchPeer source, int rows, float[] inputs, int outputs, params int[] shape)
    {
        string path = Path.Combine(folder, "model.onnx");
        source.Export(path);
        var session = contest.Own(new Session(api, api.CreateSession(environment, path, threads), rows, inputs, outputs, shape));
        return Contestant.Here(Who.OnnxRuntime, session.Numbers, session.Repeat);
    }

    public void Dispose()
    {
        api.ReleaseEnvironment(environment);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A model with its input and output, which stay where they are.</summary>
    private sealed unsafe class Session : IDisposable
    {
        private readonly OrtApi api;
        private readonly nint session;
        private readonly nint inputTensor;
        private readonly nint outputTensor;
        private readonly AlignedFloats input;
        private readonly AlignedFloats output;

        public Session(OrtApi api, nint session, int rows, float[] inputs, int outputs, int[] shape)
        {
            this.api = api;
            this.session = session;
            input = new AlignedFloats(inputs);
            output = new AlignedFloats(rows * outputs);
            inputTensor = api.CreateTensor(input.Pointer, shape.Length == 0 ? [rows, inputs.Length / rows] : [rows, .. shape.Select(extent => (long)extent)]);
            outputTensor = api.CreateTensor(output.Pointer, [rows, outputs]);
        }

        public float[] Numbers()
        {
            Repeat(1);
            return output.ToArray();
        }

        public void Repeat(int times)
        {
            for (int i = 0; i < times; i++) api.Run(session, inputTensor, outputTensor);
        }

        public void Dispose()
        {
            api.ReleaseTensor(inputTensor);
            api.ReleaseTensor(outputTensor);
            api.ReleaseSession(session);
            input.Dispose();
            output.Dispose();
        }
    }
}
