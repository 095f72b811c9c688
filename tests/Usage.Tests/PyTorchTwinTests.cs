using System.Text.Json;
using Vision;

namespace DlGen.Tests;

/// <summary>
/// A model that PyTorch wrote, by <c>python3 samples/Vision/twin.py --save lenet.safetensors --check lenet.json --epochs 0</c>: read as it is, it computes what PyTorch's does.
/// </summary>
public class PyTorchTwinTests
{
    [Fact]
    public void A_model_of_PyTorch_is_read_and_computes_the_same()
    {
        var model = LeNet5.Load(Resource("lenet.safetensors"));
        float[][] expected = JsonSerializer.Deserialize<float[][]>(Resource("lenet.json"))!;
        float[] pictures = [.. Enumerable.Range(0, expected.Length).SelectMany(p => Enumerable.Range(0, 784).Select(i => ((7 * i) + (13 * p)) % 256 / 255f))];
        float[] predicted = new float[expected.Length * 10];
        model.Predict(pictures, predicted);
        for (int row = 0; row < expected.Length; row++)
        {
            double sum = expected[row].Sum(logit => Math.Exp(logit));
            for (int kind = 0; kind < 10; kind++) Assert.Equal(Math.Exp(expected[row][kind]) / sum, predicted[(row * 10) + kind], 1e-6);
        }
    }

    [Fact]
    public void It_is_written_as_it_was_read()
    {
        using var written = new MemoryStream();
        LeNet5.Load(Resource("lenet.safetensors")).Save(written);
        written.Position = 0;
        var again = LeNet5.Load(written);
        foreach (var parameter in LeNet5.Load(Resource("lenet.safetensors")).Parameters)
            for (int i = 0; i < parameter.Length; i++) Assert.Equal(parameter[i], again.Parameters[parameter.Name][i]);
    }

    private static Stream Resource(string name) => typeof(PyTorchTwinTests).Assembly.GetManifestResourceStream(name)!;
}
