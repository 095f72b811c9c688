using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>A piece of memory that a launch can point into.</summary>
internal enum Region
{
    /// <summary>All parameters in their home layout, one after the other.</summary>
    Parameters,

    /// <summary>Derived values, rebuilt when parameters change.</summary>
    Derived,

    /// <summary>Gradients, element for element as Parameters.</summary>
    Gradients,

    /// <summary>Arena: what the whole step shares.</summary>
    Shared,

    /// <summary>Arena: what a shard keeps until the batch-wide phase; one block per shard.</summary>
    Shard,

    /// <summary>Arena: what dies within a shard.</summary>
    Scratch,

    /// <summary>The caller's inputs and targets, by index; rows one after the other.</summary>
    Input,

    /// <summary>The caller's destinations, by the output's index.</summary>
    Output,

    /// <summary>Where the gradient by an input goes, by the input's index.</summary>
    InputGradient,

    /// <summary>Numbers written in the model.</summary>
    Constants,

    /// <summary>What steps of a network hand on to later ones.</summary>
    Memory,
}

/// <summary>
/// An actual buffer of a launch: Offset elements into its region. In phases that run shard by shard, Input, Output and InputGradient advance by RowStride elements a
/// row; in batch-wide phases the shard stride is RowStride times the rows of a shard for them, and the length of a shard's block for Shard. In a loop it
/// advances by StepStride elements a step.
/// </summary>
internal readonly record struct Argument(Region Region, int Index, int Offset, int RowStride, int StepStride = 0)
{
    /// <summary>Of the offset, where in Shard or Scratch the buffer begins; the rest leads to an element of its first row.</summary>
    public int Start { get; init; }
}

/// <summary>
/// A forward value that a launch writes per row, rows <paramref name="RowStride"/> apart, in so many lines of so many elements: the first of them that is not finite tells where a
/// network went astray.
/// </summary>
internal readonly record struct Written(int Argument, int Lines, int LineLength, int LineStride, int RowStride, string Layer);

/// <summary>Launches of a phase that stand side by side with an equal loop run one after the other, <paramref name="Steps"/> times.</summary>
internal sealed record Loop(int Number, int Steps);

/// <summary>One kernel on actual buffers. Comment: the layers and shapes it computes.</summary>
internal sealed record Launch(int Kernel, EquatableArray<Argument> Arguments, EquatableArray<Written> Forward, string Comment)
{
    /// <summary>The loop that it belongs to, or null where it runs once.</summary>
    public Loop? Loop { get; init; }
}

internal enum PhaseKind
{
    /// <summary>Once, without rows: derived values.</summary>
    Prepare,

    /// <summary>Shard by shard: all of a shard's launches before the next shard's.</summary>
    Shards,

    /// <summary>Once over all rows: where rows meet.</summary>
    Batch,
}

/// <summary>Which call runs a phase. Only a pass divides its program; all else is Forward.</summary>
internal enum ProgramPart
{
    /// <summary>Up to the output.</summary>
    Forward,

    /// <summary>From a gradient by the output to those by the inputs.</summary>
    Backward,

    /// <summary>What only the gradients of parameters need.</summary>
    Gradients,
}

/// <summary>
/// When a phase runs: by part, then by <paramref name="Time"/>. Odd times go shard by shard, even ones over the whole batch: 0 is before the first
/// shard, 2 after all shards have gone through 1, and so on; what prepares derived values runs before everything.
/// </summary>
internal readonly record struct PhaseOrder(ProgramPart Part, int Time) : IComparable<PhaseOrder>
{
    public const int Prepare = -1;

    public PhaseKind Kind => Time < 0 ? PhaseKind.Prepare : Time % 2 == 1 ? PhaseKind.Shards : PhaseKind.Batch;

    public int CompareTo(PhaseOrder other) => Part == other.Part ? Time.CompareTo(other.Time) : Part.CompareTo(other.Part);
}

/// <summary>Launches that run without waiting for rows beyond their shard.</summary>
/// <param name="SumsLoss">Whether the rows' losses are complete at the end of each of its shards.</param>
internal sealed record Phase(PhaseOrder Order, bool SumsLoss, EquatableArray<Launch> Launches)
{
    public PhaseKind Kind => Order.Kind;
}

/// <summary>One of a model's entry programs: its phases and the arena it needs, in elements.</summary>
/// <param name="Loss">Where the losses of a shard's rows lie when the phase that sums them is done with it; null without a loss.</param>
/// <param name="States">What running statistics become, in Shared until the step is known to be good.</param>
/// <param name="LossScaleOffset">Where in Shared the gradient's seed lies (one over the rows or their weights); -1 where nothing is differentiated.</param>
internal sealed record EntryProgram(
    string Name, EquatableArray<Phase> Phases, int SharedLength, int ShardLength, int ScratchLength, Argument? Loss, int LossScaleOffset, EquatableArray<StateUpdate> States)
{
    /// <summary>From so many rows on it may run on several threads; below, they would wait for each other longer than they work.</summary>
    public int TeamRows { get; init; }

    /// <summary>Elements a row that the forward pass leaves to the backward pass, inputs aside.</summary>
    public int KeptForBackward { get; init; }

    /// <summary>Elements of what steps hand on to later ones.</summary>
    public int MemoryLength { get; init; }

    /// <summary>Elements of what the program Begin leaves to all steps, behind those.</summary>
    public int GivenLength { get; init; }

    /// <summary>What becomes of parts of that memory when the program is done.</summary>
    public EquatableArray<MemoryUpdate> Updates { get; init; } = EquatableArray<MemoryUpdate>.Empty;

    /// <summary>Elements of a step's predictions, then, where a link stands between them, of its outputs.</summary>
    public EquatableArray<int> OutputLengths { get; init; } = EquatableArray<int>.Empty;

    /// <summary>The most steps; 0 where there is no such number.</summary>
    public int Positions { get; init; }

    /// <summary>Forward, with the loss's link.</summary>
    public const string Predict = "Predict";

    /// <summary>Forward, with link and losses.</summary>
    public const string Evaluate = "Evaluate";

    /// <summary>Forward, backward, gradients: what a training step does before its update.</summary>
    public const string Gradients = "Gradients";

    /// <summary>Forward keeping values; backward from a gradient that is given.</summary>
    public const string Pass = "Pass";

    /// <summary>The same as the network is used rather than trained, where that differs.</summary>
    public const string PassInference = "PassInference";

    /// <summary>The loss of a pass's output and its gradient by that output.</summary>
    public const string PassLoss = "PassLoss";

    /// <summary>The sum of the weights of the rows' losses, from inputs and targets alone; only where the loss has weights.</summary>
    public const string Weights = "Weights";

    /// <summary>The labels that the outputs are judged by.</summary>
    public const string Labels = "Labels";

    /// <summary>What steps have in common, computed once from the inputs that are given for all of them; only where there is such a thing.</summary>
    public const string Begin = "Begin";

    /// <summary>The network at one time step; only where it can run so.</summary>
    public const string Step = "Step";
}

/// <summary>A part of the memory of steps and where its new value lies.</summary>
internal readonly record struct MemoryUpdate(int Offset, int Length, Argument Source);

/// <summary>The new value of a running statistic (Parameter: its index) lies <paramref name="Offset"/> elements into Shared.</summary>
internal readonly record struct StateUpdate(int Parameter, int Offset);

/// <summary>A parameter or running statistic in memory; the home layout as DlGen.Compiled.ParameterDefinition documents it.</summary>
internal sealed record ParameterBuffer(string Path, Shape Shape, int Offset, int Length, int PanelAxis, int PanelWidth, Ops.Initialization Initialization, bool Frozen, bool IsState);

/// <summary>Everything a backend prints: the kernels, shared by all entry programs, and the memory they agree on.</summary>
internal sealed record Module(
    EquatableArray<Kernel> Kernels, EquatableArray<EntryProgram> Programs, EquatableArray<ParameterBuffer> Parameters, int ParameterLength,
    int DerivedLength, int ShardRows, EquatableArray<double> Constants, bool Float64, string ScheduleNotes)
{
    /// <summary>Why it has no program <see cref="EntryProgram.Step"/>; empty where it has one.</summary>
    public string StepObstacle { get; init; } = "";

    public EntryProgram? Find(string name) => Programs.FirstOrDefault(p => p.Name == name);
}
