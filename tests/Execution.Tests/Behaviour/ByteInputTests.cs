using DlGen.Emission;
using DlGen.Lowering;
using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Behaviour;

/// <summary>A byte b is the number b / 255: a network of bytes has the bits of the same network that is given these numbers, on every instruction set and any number of threads.</summary>
public class ByteInputTests
{
    private static readonly int[] Rows = [1, 35];

    /// <summary>Rows of no whole number of vectors among them, channels apart and side by side, with and without something to merge with.</summary>
    private static readonly string[] Networks =
    [
        "Normalize(0.286, 0.353), Conv2d(3, Kernel = 3, Padding = 1), Relu, MaxPool2d(2), Flatten, Linear(5), SoftmaxCrossEntropy|1, 7, 9",
        "Conv2d(8, Kernel = 2, Stride = 2), BatchNorm, Tanh, GlobalAvgPool2d, SoftmaxCrossEntropy|3, 5, 6",
        "Flatten, Linear(12), Gelu, Linear(5), SoftmaxCrossEntropy|1, 5, 5",
        "Standardize, Linear(5), SoftmaxCrossEntropy|19",
    ];

    private static readonly Lazy<CompiledModels> Models = new(() => CompiledModels.From(
        new EmitOptions(Lowering: new LoweringOptions(TeamRows: 1)),
        [.. from float64 in new[] { false, true } from network in Enumerable.Range(0, Networks.Length) from bytes in new[] { false, true } select Source(network, float64, bytes)]));

    public static TheoryData<int, bool> All
    {
        get
        {
            var all = new TheoryData<int, bool>();
            for (int i = 0; i < Networks.Length; i++)
            {
                all.Add(i, false);
                all.Add(i, true);
            }
            return all;
        }
    }

    [Fact]
    public void Bytes_have_the_bits_of_their_255ths_on_every_instruction_set()
    {
        var (bytes, numbers) = (new List<(string, ModelValues)>(), new List<(string, ModelValues)>());
        foreach (bool float64 in new[] { false, true })
        {
            for (int network = 0; network < Networks.Length; network++)
            {
                foreach (int rows in Rows)
                {
                    var values = ModelValues.Draw(Models.Value[Name(network, float64, bytes: true)], rows, seed: rows);
                    bytes.Add((Name(network, float64, bytes: true), values));
                    numbers.Add((Name(network, float64, bytes: false), AsNumbers(values)));
                }
            }
        }
        foreach (var (setting, accelerated) in ChildProcess.InstructionSets())
        {
            var (hardware, results) = ChildProcess.Compute(Models.Value, [.. bytes, .. numbers], setting);
            Assert.Equal(accelerated, hardware);
            for (int i = 0; i < bytes.Count; i++) Same($"{bytes[i].Item1}, {setting}", results[bytes.Count + i], results[i]);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Ten_steps_on_any_number_of_threads_and_a_pass_have_them_too(int network, bool float64)
    {
        foreach (int threads in new[] { 1, 3 })
        {
            var (bytes, numbers) = (Models.Value[Name(network, float64, bytes: true)].Create(), Models.Value[Name(network, float64, bytes: false)].Create());
            var values = ModelValues.Draw(Models.Value[Name(network, float64, bytes: true)], Rows[^1], seed: 3);
            values.Into(bytes);
            AsNumbers(values).Into(numbers);
            var (ofBytes, ofNumbers) = (bytes.StartTraining(Optimizer.AdamW(0.01), threads), numbers.StartTraining(Optimizer.AdamW(0.01), threads));
            for (int step = 0; step < 10; step++) Assert.Equal(ofNumbers(), ofBytes());
            Assert.Equal(numbers.Model.Parameters.ToValues(), bytes.Model.Parameters.ToValues());
            Assert.Equal(numbers.Predict(threads)[""], bytes.Predict(threads)[""]);

            var (passOfNumbers, passOfBytes) = (numbers.ThroughPass(training: true), bytes.ThroughPass(training: true));
            Assert.Equal(passOfNumbers.Loss, passOfBytes.Loss);
            Assert.Equal(passOfNumbers.Outputs[""], passOfBytes.Outputs[""]);
            Assert.Empty(passOfBytes.InputGradients);
            foreach (var parameter in numbers.Model.Parameters.Where(p => !p.Frozen)) Assert.Equal(parameter.Gradient(), bytes.Model.Parameters[parameter.Name].Gradient());
        }
    }

    /// <summary>Every byte, in the network that changes nothing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_byte_is_its_255th_to_the_last_bit(bool float64)
    {
        var driver = CompiledModels.From($"[Model{(float64 ? "(Precision = Precision.Float64)" : "")}, Input(16, Bytes = true), Reshape(16)] public partial class Nothing;")["Nothing"].Create();
        driver.Bind(new Dictionary<string, double[]> { ["inputs"] = [.. Enumerable.Range(0, 256).Select(b => (double)b)] });
        Assert.Equal(Enumerable.Range(0, 256).Select(b => float64 ? b / 255.0 : b / 255f), driver.Predict()[""]);
    }

    private static ModelValues AsNumbers(ModelValues values) => values.With("inputs", Array.ConvertAll(values.Variables["inputs"], b => b / 255));

    private static void Same(string what, ModelResult expected, ModelResult actual)
    {
        Assert.True(expected.Predictions[""].SequenceEqual(actual.Predictions[""]), $"{what}: the predictions differ");
        Assert.True(expected.Loss.Equals(actual.Loss), $"{what}: the loss is {actual.Loss} instead of {expected.Loss}");
        foreach (var (parameter, gradient) in expected.Gradients) Assert.True(gradient.SequenceEqual(actual.Gradients[parameter]), $"{what}: the gradient of {parameter} differs");
    }

    private static string Name(int network, bool float64, bool bytes) => $"Of{(bytes ? "Bytes" : "Numbers")}{network}{(float64 ? "InDouble" : "")}";

    private static string Source(int network, bool float64, bool bytes)
    {
        string[] parts = Networks[network].Split('|');
        return $"[Model{(float64 ? "(Precision = Precision.Float64)" : "")}, Input({parts[1]}{(bytes ? ", Bytes = true" : "")}), {parts[0]}] public partial class {Name(network, float64, bytes)};";
    }
}
