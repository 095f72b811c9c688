using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>Writes the instructions of an <see cref="UpdateRule"/>; each operation stands in the rule's own order and rounds once.</summary>
internal sealed class UpdateRuleBuilder
{
    /// <summary>
    /// Under it a moment counts as zero: far above the denormal numbers, which take some processors several times as long, and far below anything that
    /// moves a parameter.
    /// </summary>
    private const double Negligible32 = 1e-30;
    private const double Negligible64 = 1e-290;

    private readonly int moments;
    private readonly UpdateRate[] rates;
    private readonly List<BodyInstruction> code = [];
    private readonly List<BodyStore> stores = [];
    private readonly int bound;

    public UpdateRuleBuilder(int moments, UpdateRate[] rates, bool float64)
    {
        this.moments = moments;
        this.rates = rates;
        for (int buffer = 0; buffer < BufferCount; buffer++) code.Add(new BodyInstruction(BodyOp.Load, A: buffer));
        bound = Constant(float64 ? Negligible64 : Negligible32);
    }

    public int Parameter => 0;

    /// <summary>The gradient, with the L1 penalty where the rule is given one: l1 times the parameter's sign.</summary>
    public int Gradient()
    {
        const int loaded = 1;
        return Array.IndexOf(rates, UpdateRate.L1) < 0 ? loaded : Add(loaded, Multiply(Rate(UpdateRate.L1), Sign(Parameter)));
    }

    /// <summary>That and the weight decay, which is added to it.</summary>
    public int DecayedGradient() => Add(Gradient(), Multiply(Rate(UpdateRate.CoupledDecay), Parameter));

    public int Moment(int number) => 2 + number;

    public int Rate(UpdateRate rate) => 2 + moments + Array.IndexOf(rates, rate);

    public int Add(int x, int y) => Apply(ScalarOp.Add, x, y);

    public int Subtract(int x, int y) => Apply(ScalarOp.Subtract, x, y);

    public int Multiply(int x, int y) => Apply(ScalarOp.Multiply, x, y);

    public int Divide(int x, int y) => Apply(ScalarOp.Divide, x, y);

    public int SquareRoot(int x) => Apply(ScalarOp.Sqrt, x);

    /// <summary>Zero where the magnitude is negligible; NaN stays.</summary>
    public int FlushNegligible(int x) => Apply(ScalarOp.Select, Apply(ScalarOp.Less, Apply(ScalarOp.Abs, x), bound), Constant(0), x);

    /// <summary>For what is not negative: at least the bound, but zero stays zero and NaN stays NaN.</summary>
    public int RaiseNegligible(int x)
    {
        int isNotZero = Apply(ScalarOp.Not, Apply(ScalarOp.Equal, x, Constant(0)));
        return Apply(ScalarOp.Select, Apply(ScalarOp.And, isNotZero, Apply(ScalarOp.Less, x, bound)), bound, x);
    }

    /// <summary>Zero where below zero; NaN stays.</summary>
    public int FlushNegative(int x) => Apply(ScalarOp.Select, Apply(ScalarOp.Less, x, Constant(0)), Constant(0), x);

    /// <summary>1 above 0, -1 below; zero and NaN stay.</summary>
    public int Sign(int x)
    {
        int belowZero = Apply(ScalarOp.Select, Apply(ScalarOp.Less, x, Constant(0)), Constant(-1), x);
        return Apply(ScalarOp.Select, Apply(ScalarOp.Less, Constant(0), x), Constant(1), belowZero);
    }

    public void StoreParameter(int value) => stores.Add(new BodyStore(0, value));

    public void StoreMoment(int number, int value) => stores.Add(new BodyStore(2 + number, value));

    /// <summary>One axis of as many elements as the launch has rows; rates stay in their place.</summary>
    public MapKernel Build()
    {
        var buffers = Enumerable.Range(0, BufferCount).Select(i => new KernelBuffer(IsInteger: false, IsExact: true, IsWritten: stores.Any(s => s.Access == i)));
        var accesses = Enumerable.Range(0, BufferCount).Select(i => new Access(i, new[] { i < 2 + moments ? 1 : 0 }));
        var body = new KernelBody(accesses.ToEquatableArray(), code.ToEquatableArray(), stores.ToEquatableArray());
        return new MapKernel(buffers.ToEquatableArray(), new[] { Extent.Rows }, body);
    }

    private int BufferCount => 2 + moments + rates.Length;

    private int Constant(double value) => Append(new BodyInstruction(BodyOp.Scalar, ScalarOp.Constant, Value: value));

    private int Apply(ScalarOp op, int a, int b = -1, int c = -1) => Append(new BodyInstruction(BodyOp.Scalar, op, a, b, c));

    private int Append(BodyInstruction instruction)
    {
        code.Add(instruction);
        return code.Count - 1;
    }
}
