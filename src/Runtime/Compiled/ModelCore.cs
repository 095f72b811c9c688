using System.ComponentModel;
using System.Numerics;
using DlGen.Files;

namespace DlGen.Compiled;

/// <summary>The state of one model: parameters, gradients, derived values and arenas. Generated classes hold one and add the network's own code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModelCore<T> : IRandomState
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly NetworkDefinition<T> definition;
    private readonly ParameterStorage<T> storage;
    private readonly ArenaPool<T> arenas;
    private readonly DerivedValues<T>? derived;
    private readonly TrainingState<T> training;
    private long passSteps = -1;

    /// <summary>Allocates the parameters and initialises them: equal seeds give equal bits on every machine.</summary>
    /// <param name="definition">The compiled network.</param>
    /// <param name="seed">The seed of the parameters and of the random ops.</param>
    public ModelCore(NetworkDefinition<T> definition, long seed)
    {
        this.definition = definition;
        Seed = seed;
        storage = new ParameterStorage<T>(definition.Parameters, definition.ParameterLength);
        Initializing.Fill(storage, seed);
        Parameters = new ParameterSet(storage);
        arenas = new ArenaPool<T>(definition.PredictArenaLength);
        training = new TrainingState<T>(this, definition, storage);
        if (definition.DerivedLength > 0)
        {
            PrepareDerived<T> prepare = definition.Prepare
                ?? throw new ArgumentException("A network with derived values needs Prepare.", nameof(definition));
            derived = new DerivedValues<T>(prepare, definition.DerivedLength, Parameters, storage, arenas);
        }
    }

    /// <summary>The key of the random ops.</summary>
    public long Seed { get; }

    long IRandomState.Step
    {
        get => training.Step;
        set => training.Step = value;
    }

    /// <summary>The parameters by name.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>All parameters in home layout, 64-byte aligned.</summary>
    public ReadOnlySpan<T> Values => storage.Values;

    /// <summary>The gradients, element for element beside <see cref="Values"/>; allocated on first use.</summary>
    public Span<T> Gradients => storage.Gradients;

    /// <summary>The derived values of the current parameters, rebuilt once after a change; empty if there are none.
    /// Take it after renting an arena or inside a step: that is what keeps a buffer in use from being rewritten.</summary>
    public ReadOnlySpan<T> Derived => derived is null ? default : derived.Current;

    /// <summary>Working memory for one Predict. No lock, and no allocation once as many exist as there are concurrent callers.</summary>
    /// <param name="threads">The threads that will share the rows.</param>
    public Arena<T> RentArena(int threads = 1) => arenas.Rent(threads);

    /// <summary>Gives the memory back.</summary>
    /// <param name="arena">What <see cref="RentArena"/> gave.</param>
    public void ReturnArena(Arena<T> arena) => arena.Release();

    /// <summary>Takes the exclusive right to train and makes the step's arena large enough.</summary>
    /// <param name="rows">The rows of the batch.</param>
    /// <param name="team">The threads that will share the step, null for the caller alone.</param>
    /// <exception cref="ConcurrentTrainingException">Another thread is inside a step.</exception>
    public StepScope<T> BeginStep(int rows, Team? team = null)
    {
        training.Enter(rows, team);
        return new StepScope<T>(training);
    }

    /// <summary>Takes over what running statistics became. Predictions that run beside it see each derived value old or new.</summary>
    internal void UpdateStates(StateUpdate[] states, ReadOnlySpan<T> arena)
    {
        foreach (StateUpdate state in states)
            arena.Slice(state.ArenaOffset, state.Length).CopyTo(storage.Values.Slice(state.ParameterOffset, state.Length));
        Parameters.RaiseStateVersion();
    }

    /// <summary>The counter of the random ops of a pass: negative, so that passes never draw what training steps draw.</summary>
    internal long NextPassStep() => Interlocked.Decrement(ref passSteps);

    /// <summary>Reads all parameters from a safetensors file. Everything is checked before the first one changes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">The file breaks a rule or holds other tensors.</exception>
    public void Load(string path) => SafetensorsReader.Load(Parameters, path);

    /// <summary>Reads all parameters from a stream of safetensors bytes that ends with them.</summary>
    /// <param name="stream">A readable stream; it need not seek.</param>
    /// <exception cref="ModelFileException">The bytes break a rule or hold other tensors.</exception>
    public void Load(Stream stream) => SafetensorsReader.Load(Parameters, stream);

    /// <summary>Writes all parameters to a safetensors file: a temporary file beside it, flushed to the disk, then renamed.</summary>
    /// <param name="path">Where the file stands afterwards.</param>
    /// <param name="tokenizer">What goes into the file's metadata beside them, if given.</param>
    public void Save(string path, Tokenizer? tokenizer = null) => SafetensorsWriter.Save(Parameters, path, tokenizer);

    /// <summary>Writes all parameters as safetensors bytes.</summary>
    /// <param name="stream">A writable stream.</param>
    /// <param name="tokenizer">What goes into the metadata beside them, if given.</param>
    public void Save(Stream stream, Tokenizer? tokenizer = null) => SafetensorsWriter.Save(Parameters, stream, tokenizer);

    /// <summary>What the network was compiled to.</summary>
    internal NetworkDefinition<T> Definition => definition;
}
