using System.Numerics;
using DlGen.Compiled;
using DlGen.Devices;
using DlGen.Kernels;
using DlGen.Tests.Cpu;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Updates;

/// <summary>Update rules as kernels give the bits of the runtime's optimizers, over steps: printed as PTX and emulated, and printed for the processor.</summary>
public class UpdateRuleTests
{
    private const int Steps = 7;
    private const int Count = 45;
    private const double L1 = 0.04;

    /// <summary>Every optimizer, given its L1 penalty.</summary>
    private static readonly Dictionary<string, Func<double, Optimizer>> Optimizers = new()
    {
        ["Sgd"] = l1 => Optimizer.Sgd(0.03, weightDecay: 0.02, l1: l1),
        ["Momentum"] = l1 => Optimizer.Sgd(0.03, momentum: 0.8, weightDecay: 0.02, l1: l1),
        ["Nesterov"] = l1 => Optimizer.Sgd(0.03, momentum: 0.8, nesterov: true, l1: l1),
        ["Adam"] = l1 => Optimizer.Adam(0.01, 0.8, 0.99, 1e-7, weightDecay: 0.02, l1: l1),
        ["AdamW"] = l1 => Optimizer.AdamW(0.01, 0.8, 0.99, 1e-7, weightDecay: 0.02, l1: l1),
        ["Epsilon of nothing"] = l1 => Optimizer.Adam(0.01, epsilon: 1e-60, l1: l1),
        ["Nadam"] = l1 => Optimizer.Nadam(0.01, 0.8, 0.99, 1e-7, momentumDecay: 0.1, weightDecay: 0.02, l1: l1),
        ["AdaGrad"] = l1 => Optimizer.AdaGrad(0.02, rateDecay: 0.1, weightDecay: 0.02, l1: l1),
        ["RmsProp"] = l1 => Optimizer.RmsProp(0.01, 0.9, weightDecay: 0.02, l1: l1),
        ["RmsProp with momentum"] = l1 => Optimizer.RmsProp(0.01, 0.9, momentum: 0.7, weightDecay: 0.02, l1: l1),
        ["Centered RmsProp"] = l1 => Optimizer.RmsProp(0.01, 0.9, momentum: 0.7, centered: true, weightDecay: 0.02, l1: l1),
        ["Centered RmsProp that forgets"] = l1 => Optimizer.RmsProp(0.01, alpha: 0.01, centered: true, l1: l1),
        ["Lion"] = l1 => Optimizer.Lion(0.01, 0.8, 0.95, weightDecay: 0.1, l1: l1),
    };

    private static readonly Dictionary<bool, Lazy<PrintedKernels>> ForProcessor = new[] { false, true }.ToDictionary(
        float64 => float64, float64 => new Lazy<PrintedKernels>(() => PrintedKernels.Of(float64, [.. UpdateRule.All(float64).Select(rule => rule.Kernel)])));

    public static TheoryData<string, bool, double> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool, double>();
            foreach (string name in Optimizers.Keys)
                foreach (bool float64 in new[] { false, true })
                    foreach (double l1 in new[] { 0, L1 }) cases.Add(name, float64, l1);
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Rules_give_the_bits_of_the_runtime(string optimizer, bool float64, double l1)
    {
        int number = UpdateRule.All(float64).Select(rule => rule.Name).ToList().IndexOf(RuleOf(Optimizers[optimizer](l1)).Rule);
        Check(optimizer, float64, l1, programs: null, ForProcessor[float64].Value.Call(number, Form.Plain));
    }

    /// <summary>All of them with the entries of another generator.</summary>
    internal static void CheckAll(IReadOnlyDictionary<string, PtxProgram> programs)
    {
        foreach (string optimizer in Optimizers.Keys)
            foreach (bool float64 in new[] { false, true })
                foreach (double l1 in new[] { 0, L1 }) Check(optimizer, float64, l1, programs, call: null);
    }

    [Fact]
    public void Every_rule_is_tried()
        => Assert.Equal(UpdateRule.All(float64: false).Select(rule => rule.Name).Order(), Optimizers.Values.Select(o => o(0).Rule).Distinct().SelectMany(rule => new[] { rule, rule + "_l1" }).Order());

    /// <summary>A failed step changes nothing, whatever the optimizer.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public void A_rule_does_nothing_after_a_failure(bool float64)
    {
        foreach (var rule in UpdateKernels.Rules)
        {
            var run = new UpdateModuleRun(status: UpdateKernels.GradientNotFinite);
            double[] ones = [.. Enumerable.Repeat(1.0, Count)];
            DeviceBuffer[] buffers = [.. Enumerable.Range(0, 2 + rule.Moments).Select(b => run.Numbers("buffer " + b, ones, float64))];
            var rates = run.Numbers("rates", [.. Enumerable.Repeat(0.5, StepRates.Count)], float64);
            Launch(run, rule, buffers, rates, float64);
            Assert.All(buffers, buffer => Assert.Equal(ones, buffer.Read()));
            Assert.Equal(UpdateKernels.GradientNotFinite, run.Status);
        }
    }

    private static void Check(string optimizer, bool float64, double l1, IReadOnlyDictionary<string, PtxProgram>? programs, KernelCall? call)
    {
        if (float64) Check<double>(Optimizers[optimizer](l1), programs, call);
        else Check<float>(Optimizers[optimizer](l1), programs, call);
    }

    private static void Check<T>(Optimizer optimizer, IReadOnlyDictionary<string, PtxProgram>? programs, KernelCall? call)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        bool float64 = typeof(T) == typeof(double);
        var core = StepKernelChecks.Core<T>(Count);
        var rule = RuleOf(optimizer);
        var random = new Random(3);
        var rates = new StepRates(float64);
        double[][] emulated = [Doubles(core.Values), .. Enumerable.Range(0, rule.Moments).Select(_ => new double[Count])];
        T[][] printed = [core.Values.ToArray(), .. Enumerable.Range(0, rule.Moments).Select(_ => new T[Count])];
        for (int step = 1; step <= Steps; step++)
        {
            // Zeros and what is negligible at first: the moments' bounds are met from both sides. What stays the same has no variance, and what is no number stays so.
            for (int i = 0; i < Count; i++) core.Gradients[i] = T.CreateTruncating(i % 9 == 0 ? 0 : i % 5 == 2 ? i / 90.0 : (random.NextDouble() - 0.5) * (i % 7 == 1 && step < 3 ? 1e-33 : 1));
            if (step == Steps) core.Gradients[5] = T.NaN;
            optimizer.LearningRate *= 0.9;
            optimizer.WriteRates(rates, step, optimizer.RatesOf(null));
            var given = new T[StepRates.Count];
            rates.CopyTo<T>(given);

            emulated = Step(rule, emulated, Doubles<T>(core.Gradients), Doubles<T>(given), float64, programs);
            Array[] buffers = [printed[0], core.Gradients.ToArray(), .. printed[1..], .. rule.Rates.Select(rate => new[] { given[(int)rate] })];
            call?.Invoke(buffers, new int[buffers.Length], new nint[buffers.Length], Count, Count, 1);
            optimizer.Step(core.Parameters);

            var state = (OptimizerState<T>)optimizer.StateOf(core.Parameters)!;
            Assert.Equal(state.Moments, rule.Moments);
            double[][] expected = [Doubles(core.Values), Doubles<T>(state.First), Doubles<T>(state.Second), Doubles<T>(state.Third)];
            for (int b = 0; b <= rule.Moments; b++)
            {
                Assert.Equal(Bits(expected[b]), Bits(emulated[b]));
                if (call is not null) Assert.Equal(Bits(expected[b]), Bits(Doubles<T>(printed[b])));
            }
        }
    }

    private static UpdateKernel RuleOf(Optimizer optimizer) => UpdateKernels.RuleOf(optimizer, optimizer.RatesOf(null));

    /// <param name="state">The parameters, then the moments.</param>
    /// <returns>The state after the step.</returns>
    private static double[][] Step(UpdateKernel rule, double[][] state, double[] gradients, double[] rates, bool float64, IReadOnlyDictionary<string, PtxProgram>? programs)
    {
        var run = new UpdateModuleRun(status: 0, programs);
        double[][] contents = [state[0], gradients, .. state[1..]];
        DeviceBuffer[] buffers = [.. contents.Select((values, i) => run.Numbers("buffer " + i, values, float64))];
        Launch(run, rule, buffers, run.Numbers("rates", rates, float64), float64);
        return [buffers[0].Read(), .. buffers[2..].Select(buffer => buffer.Read())];
    }

    /// <summary>Threads beyond the last element must do nothing, and so must a block too many.</summary>
    private static void Launch(UpdateModuleRun run, UpdateKernel rule, DeviceBuffer[] buffers, DeviceBuffer rates, bool float64)
    {
        nint[] addresses = [.. buffers.Select(buffer => (nint)buffer.Address)];
        run.Launch(rule.NameFor(float64), UpdateKernels.BlocksFor(Count, float64) + 1, rule.Arguments(addresses[0], addresses[1], addresses.AsSpan(2), (nint)rates.Address, run.StatusAddress, Count, float64));
    }

    private static double[] Doubles<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Array.ConvertAll(values.ToArray(), double.CreateTruncating);

    /// <summary>Which NaN it is does not count, the sign of a zero does.</summary>
    private static long[] Bits(double[] values) => Array.ConvertAll(values, value => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value));
}
