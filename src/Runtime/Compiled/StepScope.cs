using System.ComponentModel;
using System.Numerics;

namespace DlGen.Compiled;

/// <summary>The exclusive right to compute gradients, from <see cref="ModelCore{T}.BeginStep"/> to Dispose. Without <see cref="Commit"/> the step counter
/// stays, and gradients and running statistics that were kept come back.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct StepScope<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TrainingState<T> training;

    internal StepScope(TrainingState<T> training) => this.training = training;

    /// <summary>StepSharedLength + shards·StepShardLength + threads·StepScratchLength elements, 64-byte aligned, with 64 elements of slack behind.</summary>
    public Span<T> Arena => training.Arena;

    /// <summary>The gradients in home layout.</summary>
    public Span<T> Gradients => training.Gradients;

    /// <summary>Room for the loss of each row of the batch.</summary>
    public Span<double> Losses => training.Losses;

    /// <summary>The threads that share the step, null for the caller alone.</summary>
    public Team? Team => training.Team;

    /// <summary>The number of gradient computations before this one: the counter of the random ops.</summary>
    public long Step => training.Step;

    /// <summary>To accumulate: remembers the gradients before the network overwrites them.</summary>
    public void KeepGradients() => training.KeepGradients();

    /// <summary>To accumulate: adds the remembered gradients to the new ones.</summary>
    public void AddKeptGradients() => training.AddKeptGradients();

    /// <summary>Between two parts of a batch: the next one draws random numbers of its own. Without <see cref="Commit"/> the counter comes back.</summary>
    public void BeginPart() => training.BeginPart();

    /// <summary>The loss is good: running statistics become what the forward pass made of them. Without <see cref="Commit"/> they come back.</summary>
    public void UpdateStates() => training.UpdateStates();

    /// <summary>Updates the parameters by the gradients.</summary>
    /// <param name="optimizer">What updates them.</param>
    public void Update(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        training.Update(optimizer);
    }

    /// <summary>The step succeeded: the counter goes up by one.</summary>
    public void Commit() => training.Commit();

    /// <summary>Gives the exclusive right back.</summary>
    public void Dispose() => training.Exit();
}

/// <summary>What belongs to the one thread that trains: the step's arena, the kept gradients and the step counter.</summary>
internal sealed class TrainingState<T>(ModelCore<T> core, NetworkDefinition<T> definition, ParameterStorage<T> storage)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private AlignedBuffer<T>? arena;
    private AlignedBuffer<T>? kept;
    private T[]? keptStates;
    private double[] losses = [];
    private bool hasKeptStates;
    private int arenaLength;
    private long stepBefore;
    private int inside;
    private bool hasKept;

    public Span<T> Arena => arena!.Span[..arenaLength];

    public Span<T> Gradients => storage.Gradients;

    public Span<double> Losses => losses;

    public Team? Team { get; private set; }

    public long Step { get; set; }

    public void Enter(int rows, Team? team)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        if (Interlocked.Exchange(ref inside, 1) != 0)
        {
            throw new ConcurrentTrainingException(
                $"{definition.Info.Name} is already being trained by another thread. Gradients belong to one thread at a time: "
                + "train one model per thread, or put a lock around the calls. Predict needs no lock.");
        }

        try
        {
            stepBefore = Step;
            Team = team;
            arenaLength = LengthFor(rows, team?.Threads ?? 1);
            if (arena is null || arena.Length < arenaLength)
            {
                arena = null; // lets the old one go before the larger one comes
                arena = new AlignedBuffer<T>(arenaLength);
            }

            if (losses.Length < rows)
                losses = new double[rows];
        }
        catch
        {
            Volatile.Write(ref inside, 0);
            throw;
        }
    }

    public void KeepGradients()
    {
        kept ??= new AlignedBuffer<T>(storage.Length);
        storage.Gradients.CopyTo(kept.Span);
        hasKept = true;
    }

    public void AddKeptGradients()
    {
        if (!hasKept)
            throw new InvalidOperationException("AddKeptGradients needs KeepGradients before it.");

        Span<T> gradients = storage.Gradients;
        ReadOnlySpan<T> before = kept!.Span;
        int i = 0;
        for (; i <= gradients.Length - Vector<T>.Count; i += Vector<T>.Count)
            (new Vector<T>(gradients[i..]) + new Vector<T>(before[i..])).CopyTo(gradients[i..]);
        for (; i < gradients.Length; i++)
            gradients[i] += before[i];
    }

    public void UpdateStates()
    {
        StateUpdate[] states = definition.States ?? [];
        if (!hasKeptStates)
        {
            keptStates ??= new T[states.Sum(state => state.Length)];
            MoveStates(states, toKept: true);
            hasKeptStates = true;
        }

        core.UpdateStates(states, Arena);
    }

    public void Update(Optimizer optimizer) => optimizer.Step(core.Parameters, Team);

    public void BeginPart() => Step++;

    public void Commit()
    {
        stepBefore = ++Step;
        hasKept = hasKeptStates = false;
    }

    public void Exit()
    {
        Step = stepBefore;
        if (hasKept)
        {
            kept!.Span.CopyTo(storage.Gradients);
            hasKept = false;
        }

        if (hasKeptStates)
        {
            MoveStates(definition.States!, toKept: false);
            core.Parameters.RaiseStateVersion();
            hasKeptStates = false;
        }

        Team = null;
        Volatile.Write(ref inside, 0);
    }

    private void MoveStates(StateUpdate[] states, bool toKept)
    {
        Span<T> rest = keptStates;
        foreach (StateUpdate state in states)
        {
            Span<T> values = storage.Values.Slice(state.ParameterOffset, state.Length), copy = rest[..state.Length];
            if (toKept)
                values.CopyTo(copy);
            else
                copy.CopyTo(values);
            rest = rest[state.Length..];
        }
    }

    private int LengthFor(int rows, int threads)
    {
        long shards = ((long)rows + definition.ShardRows - 1) / definition.ShardRows;
        long length = definition.StepSharedLength + shards * definition.StepShardLength + (long)threads * definition.StepScratchLength;
        if (length > Array.MaxLength - 2 * AlignedBuffer<T>.Slack)
        {
            throw new BatchShapeException(
                $"A step over {rows} rows{(threads > 1 ? $" on {threads} threads" : "")} needs {length} numbers of working memory, more than one array holds. "
                + "Use smaller batches; ComputeGradients with accumulate: true adds them up.");
        }

        return (int)length;
    }
}
