namespace DlGen.Devices;

/// <summary>
/// The kernels of a training step that no network has of its own, in one module: the optimizers' rules, limits of gradients, the sum of the losses, copies of running statistics. Names of entries end in
/// _f32 or _f64, the type of the numbers, where they take any.
/// <para>Parameters are addresses; then that of the status; then, where it says so, how many elements there are, an integer of 32 bits. The status is an int, 0 until a step fails: from then on no entry
/// does anything, until the host sets it to 0 again.</para>
/// </summary>
internal static partial class UpdateKernels
{
    /// <summary>Bytes of what <see cref="Squares"/> leaves behind for a run of gradients.</summary>
    public const int BytesOfSquares = SquareBlocks * Threads * sizeof(double);

    /// <summary>Bytes of what <see cref="LossParts"/> and <see cref="FewerParts"/> leave behind.</summary>
    public const int BytesOfParts = Parts * sizeof(double);

    /// <summary>(parts, sum, status) in one block, behind <see cref="LossParts"/>: the sum of the losses, a double. One that is not finite is stored too, and makes the status <see cref="LossNotFinite"/>.</summary>
    public const string Loss = "loss";

    /// <summary>(terms, parts, status, count) in one block: the parts of any number of runs' squares, which lie one after the other, to as many as <see cref="Norm"/> takes.</summary>
    public const string FewerParts = "fewer_parts";

    /// <summary>(losses, parts, status, rows) in one block.</summary>
    public static string LossParts(bool float64) => Entry("loss_parts", float64);

    /// <summary>(gradients, parts, status, elements) in <see cref="SquareBlocks"/> blocks: the squares of a run.</summary>
    public static string Squares(bool float64) => Entry("squares", float64);

    /// <summary>
    /// (parts, limit, norm, scale, status) in one block: limit and norm are doubles; scale is limit / (norm + 1e-6), but at most 1, a number of the gradients' type. A norm that is not finite is stored too, and
    /// makes the status <see cref="GradientNotFinite"/>.
    /// </summary>
    public static string Norm(bool float64) => Entry("norm", float64);

    /// <summary>(gradients, scale, status, elements) in <see cref="BlocksFor"/> blocks: a run times the scale.</summary>
    public static string Scale(bool float64) => Entry("scale", float64);

    /// <summary>(gradients, limit, status, elements) in <see cref="BlocksFor"/> blocks: every element into [-limit, limit]; NaN stays.</summary>
    public static string Limit(bool float64) => Entry("limit", float64);

    /// <summary>(gradients, others, status, elements) in <see cref="BlocksFor"/> blocks: every element and the other's.</summary>
    public static string Add(bool float64) => Entry("add", float64);

    /// <summary>(source, destination, status, elements) in <see cref="BlocksFor"/> blocks.</summary>
    public static string Copy(bool float64) => Entry("copy", float64);

    /// <summary>The rule by which an optimizer updates the parameters of a group; an L1 penalty makes it another one.</summary>
    public static UpdateKernel RuleOf(Optimizer optimizer, in UpdateRates rates)
    {
        string name = rates.L1 == 0 ? optimizer.Rule : optimizer.Rule + "_l1";
        return Rules.Single(rule => rule.Rule == name);
    }

    /// <summary>The names of all entries that take numbers of a type.</summary>
    public static IEnumerable<string> Entries(bool float64) =>
    [
        Loss, FewerParts, LossParts(float64), Squares(float64), Norm(float64), Scale(float64), Limit(float64), Add(float64), Copy(float64), .. Rules.Select(rule => rule.NameFor(float64)),
    ];

    /// <summary>The blocks, each of <see cref="Threads"/> threads, of an entry that gives every thread <see cref="BytesOfThread"/> of elements.</summary>
    public static int BlocksFor(int elements, bool float64) => (elements - 1) / (Threads * BytesOfThread / (float64 ? sizeof(double) : sizeof(float))) + 1;

    internal static string Entry(string name, bool float64) => name + (float64 ? "_f64" : "_f32");
}

/// <summary>An update rule in the module, in <see cref="UpdateKernels.BlocksFor"/> blocks.</summary>
/// <param name="Rule">Its name; <see cref="NameFor"/> gives those of its entries.</param>
/// <param name="Moments">How many numbers of state an element has.</param>
/// <param name="Rates">Which of a step's numbers it takes, in the order of its parameters.</param>
internal sealed record UpdateKernel(string Rule, int Moments, UpdateRate[] Rates)
{
    public string NameFor(bool float64) => UpdateKernels.Entry(Rule, float64);

    /// <summary>The arguments of a launch over a run of parameters.</summary>
    /// <param name="values">The address of the run's first parameter.</param>
    /// <param name="gradients">The address of its gradient.</param>
    /// <param name="moments">The addresses of its moments.</param>
    /// <param name="rates">The address of the run's numbers, which lie as <see cref="StepRates"/> has them: all of them, in the type of the parameters.</param>
    /// <param name="status">The address of the status.</param>
    /// <param name="elements">How many elements the run has.</param>
    /// <param name="float64">The type of the parameters.</param>
    public long[] Arguments(nint values, nint gradients, ReadOnlySpan<nint> moments, nint rates, nint status, int elements, bool float64)
    {
        if (moments.Length != Moments) throw new ArgumentException($"{Rule} has {Moments} moments, not {moments.Length}.", nameof(moments));
        int size = float64 ? sizeof(double) : sizeof(float);
        var arguments = new List<long> { values, gradients };
        foreach (nint moment in moments) arguments.Add(moment);
        foreach (UpdateRate rate in Rates) arguments.Add(rates + (long)rate * size);
        return [.. arguments, status, elements];
    }
}
