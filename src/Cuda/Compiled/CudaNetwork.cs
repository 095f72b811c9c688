using System.ComponentModel;

namespace DlGen.Compiled;

/// <summary>Text that lies in the assembly as it is.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate ReadOnlySpan<byte> CudaText();

/// <summary>A network as it runs on a GPU: a module of kernels, and programs that launch them over all rows of a batch at once.</summary>
/// <param name="Text">The module, as PTX.</param>
/// <param name="Kernels">Its kernels; launches refer to them by number.</param>
/// <param name="Programs">What can be run.</param>
/// <param name="Constants">Numbers written in the model.</param>
/// <param name="DerivedLength">Elements of what depends on the parameters alone.</param>
/// <param name="Fields">Inputs and targets, in the order of the generated signatures; behind them, where there is such a program, the number of the step.</param>
/// <param name="Inputs">How many of the fields are inputs: the first ones.</param>
/// <param name="Outputs">Elements a row of each output.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record CudaNetwork(
    CudaText Text, CudaKernel[] Kernels, CudaProgram[] Programs, double[] Constants, int DerivedLength, CudaField[] Fields, int Inputs, int[] Outputs)
{
    /// <summary>The compute capability that its text needs, times ten.</summary>
    public int ComputeCapability { get; init; } = 70;

    /// <summary>For what it needs that.</summary>
    public CudaPrecision Precision { get; init; }

    internal CudaProgram? Find(string name) => Array.Find(Programs, program => program.Name == name);
}

/// <summary>An input or target: its number type and how many values a row has.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CudaField(FieldKind Kind, int PerRow);

/// <summary>The ways to launch a kernel. Its parameters are the addresses of its buffers, that of seed and step where it draws random numbers, that of its workspace where it has one, then the rows.</summary>
/// <param name="Buffers">Of how many of a launch's arguments it is given the addresses.</param>
/// <param name="Draws">Whether it draws random numbers.</param>
/// <param name="Variants">In the order of their rows: the last one that the rows of a launch reach, and that the device has the shared memory for, is taken. The first one needs what every device has.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record CudaKernel(int Buffers, bool Draws, params CudaVariant[] Variants)
{
    /// <param name="rows">Of the launch.</param>
    /// <param name="sharedBytes">The most shared memory that a block of the device may have.</param>
    internal CudaVariant For(int rows, int sharedBytes)
        => Array.FindLast(Variants, variant => variant.FromRows <= rows && Array.TrueForAll(variant.Entries, entry => entry.SharedBytes <= sharedBytes))!;
}

/// <summary>Entries that run one after the other.</summary>
/// <param name="FromRows">The rows from which it may be taken.</param>
/// <param name="WorkspaceBytes">What its entries hand to each other.</param>
/// <param name="WorkspaceBytesPerRow">And so much more a row.</param>
/// <param name="Entries">The entries.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record CudaVariant(int FromRows, long WorkspaceBytes, long WorkspaceBytesPerRow, params CudaEntry[] Entries)
{
    internal bool HasWorkspace => WorkspaceBytes + WorkspaceBytesPerRow > 0;

    internal long WorkspaceFor(int rows) => WorkspaceBytes + WorkspaceBytesPerRow * rows;
}

/// <summary>An entry of the module. Its blocks are the product of the tiles along its axes.</summary>
/// <param name="Name">Its name in the text.</param>
/// <param name="Threads">The threads of a block.</param>
/// <param name="SharedBytes">Shared memory beyond what the text declares.</param>
/// <param name="Grid">The axes.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record CudaEntry(string Name, int Threads, int SharedBytes, params CudaGridAxis[] Grid)
{
    internal long Blocks(int rows) => Grid.Aggregate(1L, (product, axis) => product * axis.Tiles(rows));
}

/// <summary>So many elements, times the rows to a power, in tiles of so many.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CudaGridAxis(long Elements, int RowsPower, int Tile)
{
    internal long Tiles(int rows)
    {
        long elements = Elements;
        for (int i = 0; i < RowsPower; i++)
            elements *= rows;
        return (elements + Tile - 1) / Tile;
    }
}

/// <summary>A program: what it launches, and the memory that it works in. Lengths are in elements.</summary>
/// <param name="Name">Predict, Evaluate, Gradients, Begin or Step.</param>
/// <param name="SharedLength">What it shares for the whole batch.</param>
/// <param name="RowLength">What it keeps for each row.</param>
/// <param name="ScratchLength">What it needs for a time, for each row.</param>
/// <param name="Prepare">Launches without rows, before the others: with each run of Gradients, for the others once per change of the parameters.</param>
/// <param name="Launches">In their order.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record CudaProgram(string Name, int SharedLength, int RowLength, int ScratchLength, CudaLaunch[] Prepare, CudaLaunch[] Launches)
{
    /// <summary>Where the loss of each row lies.</summary>
    public CudaArgument? Loss { get; init; }

    /// <summary>Behind how many of the launches it lies there.</summary>
    public int LossAfter { get; init; }

    /// <summary>Where in Shared the number lies that gradients are multiplied by; -1 where nothing is differentiated.</summary>
    public int LossScale { get; init; } = -1;

    /// <summary>What running statistics become: places in Shared and among the parameters.</summary>
    public StateUpdate[] States { get; init; } = [];

    /// <summary>Elements that steps hand on to later ones, and that Begin leaves to all of them.</summary>
    public int MemoryLength { get; init; }

    /// <summary>What becomes of parts of that memory when the program is done.</summary>
    public CudaMemoryUpdate[] Updates { get; init; } = [];

    /// <summary>Elements of a step's predictions, then, where a link stands between them, of its outputs.</summary>
    public int[] StepOutputs { get; init; } = [];

    /// <summary>Whether a launch reads that input.</summary>
    internal bool ReadsInput(int input)
        => Array.Exists(Launches, launch => Array.Exists(launch.Arguments, argument => argument.Region == CudaRegion.Input && argument.Index == input));
}

/// <summary>A part of the memory of steps, and where its new value lies.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CudaMemoryUpdate(int Offset, int Length, CudaArgument Source);

/// <summary>A kernel on actual buffers.</summary>
/// <param name="Kernel">The kernel's number.</param>
/// <param name="Arguments">Its buffers.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record CudaLaunch(int Kernel, params CudaArgument[] Arguments)
{
    /// <summary>Launches side by side with the same number of a loop run one after the other, <see cref="Steps"/> times; 0 where it runs once.</summary>
    public int Loop { get; init; }

    /// <summary>How often the loop runs.</summary>
    public int Steps { get; init; } = 1;
}

/// <summary>A piece of memory that launches point into.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum CudaRegion
{
    /// <summary>All parameters in their home layout.</summary>
    Parameters,

    /// <summary>What depends on them alone.</summary>
    Derived,

    /// <summary>Gradients, element for element as the parameters.</summary>
    Gradients,

    /// <summary>What a program shares for the whole batch.</summary>
    Shared,

    /// <summary>What it keeps for each row.</summary>
    Rows,

    /// <summary>What it needs of each row for a time.</summary>
    Scratch,

    /// <summary>Inputs and targets, by number.</summary>
    Input,

    /// <summary>Outputs, by number.</summary>
    Output,

    /// <summary>Numbers written in the model.</summary>
    Constants,

    /// <summary>What steps hand on.</summary>
    Memory,
}

/// <summary>An actual buffer of a launch.</summary>
/// <param name="Region">The piece of memory.</param>
/// <param name="Index">Which input or output.</param>
/// <param name="Offset">Elements from its beginning.</param>
/// <param name="StepStride">Elements that it goes on by with each round of a loop.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct CudaArgument(CudaRegion Region, int Index, int Offset, int StepStride = 0)
{
    /// <summary>Elements before it for each row of the batch.</summary>
    public int Start { get; init; }
}
