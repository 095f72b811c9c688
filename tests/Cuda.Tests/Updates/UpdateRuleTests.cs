using System.Numerics;
using DlGen.Compiled;
using DlGen.Ptx;
using DlGen.Kernels;
using DlGen.Tests.Cpu;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Updates;

/// <summary>Update rules as kernels give the bits of the runtime's optimizers, over steps: printed as PTX and emulated, and printed for the processor.</summary>
public class UpdateRuleTests
{
    private const int Steps = 7;
    private const int Count = 45;

    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    [Theory, MemberData(nameof(ElementTypes))]
    public void Sgd_without_momentum(bool float64) => Check(float64, _ => UpdateRule.Sgd(), Optimizer.Sgd(0.03, weightDecay: 0.02), _ => [0.03, 0.02]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Sgd_with_momentum(bool float64) => Check(float64, UpdateRule.SgdWithMomentum, Optimizer.Sgd(0.03, momentum: 0.8, weightDecay: 0.02), _ => [0.03, 0.02, 0.8, 0, 1]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Sgd_that_looks_ahead(bool float64) => Check(float64, UpdateRule.SgdWithMomentum, Optimizer.Sgd(0.03, momentum: 0.8, nesterov: true), _ => [0.03, 0, 0.8, 1, 0.8]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Adam(bool float64) => Check(float64, UpdateRule.Adam, Optimizer.Adam(0.01, 0.8, 0.99, 1e-7, weightDecay: 0.02), step => AdamRates(step, coupled: 0.02, shrink: 1));

    [Theory, MemberData(nameof(ElementTypes))]
    public void AdamW(bool float64) => Check(float64, UpdateRule.Adam, Optimizer.AdamW(0.01, 0.8, 0.99, 1e-7, weightDecay: 0.02), step => AdamRates(step, coupled: 0, shrink: 1 - (0.01 * 0.02)));

    private static double[] AdamRates(int step, double coupled, double shrink)
        => [0.01 / (1 - Math.Pow(0.8, step)), coupled, shrink, 1 - 0.8, 0.99, 1 - 0.99, 1 / Math.Sqrt(1 - Math.Pow(0.99, step)), 1e-7];

    private static void Check(bool float64, Func<bool, UpdateRule> rule, Optimizer optimizer, Func<int, double[]> rates)
    {
        if (float64) Check<double>(rule(true), optimizer, rates);
        else Check<float>(rule(false), optimizer, rates);
    }

    private static void Check<T>(UpdateRule rule, Optimizer optimizer, Func<int, double[]> rates)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var parameter = new ParameterDefinition("p", [Count], 0, 0, 0, new(InitializerKind.Uniform, 0.5), Frozen: false);
        var core = new ModelCore<T>(new NetworkDefinition<T>(new ModelInfo("Flat", [], 0, 1, 1, 0, 0, 0, 8), [parameter], Count, 0, null, ShardRows: 8, PredictArenaLength: 100, 10, 20, 30), 1);
        var random = new Random(3);
        double[][] emulated = [Doubles<T>(core.Values), .. Enumerable.Range(0, rule.Moments).Select(_ => new double[Count])];
        T[][] printed = [core.Values.ToArray(), .. Enumerable.Range(0, rule.Moments).Select(_ => new T[Count])];
        var kernel = new EmulatedUpdate(rule, typeof(T) == typeof(double));
        var call = PrintedKernels.Of(typeof(T) == typeof(double), rule.Kernel).Call(0, Form.Plain);
        for (int step = 1; step <= Steps; step++)
        {
            // Zeros and what is negligible at first: the moments' bounds are met from both sides.
            for (int i = 0; i < Count; i++) core.Gradients[i] = T.CreateTruncating(i % 9 == 0 ? 0 : (random.NextDouble() - 0.5) * (i % 7 == 1 && step < 3 ? 1e-33 : 1));
            T[] given = [.. rates(step).Select(T.CreateTruncating)];
            emulated = kernel.Step(emulated, Doubles<T>(core.Gradients), Array.ConvertAll(given, double.CreateTruncating));
            Array[] buffers = [printed[0], core.Gradients.ToArray(), .. printed[1..], .. given.Select(rate => new[] { rate })];
            call(buffers, new int[buffers.Length], new nint[buffers.Length], Count, Count, 1);
            optimizer.Step(core.Parameters);

            var state = (OptimizerState<T>)optimizer.StateOf(core.Parameters)!;
            double[][] expected = [Doubles<T>(core.Values), Doubles(state.First), Doubles(state.Second)];
            for (int b = 0; b <= rule.Moments; b++)
            {
                Assert.Equal(expected[b], emulated[b]);
                Assert.Equal(expected[b], Doubles<T>(printed[b]));
            }
        }
    }

    private static double[] Doubles<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Array.ConvertAll(values.ToArray(), double.CreateTruncating);
}

/// <summary>An update rule printed as PTX, a launch a step.</summary>
internal sealed class EmulatedUpdate
{
    private readonly bool float64;
    private readonly PtxProgram program;

    public EmulatedUpdate(UpdateRule rule, bool float64)
    {
        this.float64 = float64;
        var printed = PtxPrinter.Print([rule.Kernel], float64);
        program = PtxParser.Parse(printed.Text)[printed.Kernels[0].For(0).Entries[0].Name];
    }

    /// <param name="state">The parameters, then the moments.</param>
    /// <returns>The state after the step.</returns>
    public double[][] Step(double[][] state, double[] gradients, double[] rates)
    {
        var memory = new DeviceMemory();
        double[][] contents = [state[0], gradients, .. state[1..], .. rates.Select(rate => new[] { rate })];
        var buffers = contents.Select((values, i) => new DeviceBuffer(memory, "buffer " + i, values, float64, type: default)).ToList();
        new PtxMachine(program, memory).Launch((gradients.Length / 32) + 1, 32, 0, [.. buffers.Select(b => (long)b.Address), gradients.Length]);
        return [buffers[0].Read(), .. Enumerable.Range(2, state.Length - 1).Select(b => buffers[b].Read())];
    }
}
