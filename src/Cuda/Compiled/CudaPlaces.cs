using System.ComponentModel;

namespace DlGen.Compiled;

/// <summary>Arguments of launches, as generated plans, which derive from this class to name them shortly, write them: offsets in elements, and by how many they go on with each round of a loop. Where a piece has a part for each row, the start counts for one row.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class CudaPlaces
{
    /// <summary>Among the parameters.</summary>
    protected static CudaArgument Parameters(int offset, int step = 0) => new(CudaRegion.Parameters, 0, offset, step);

    /// <summary>Among the derived values.</summary>
    protected static CudaArgument Derived(int offset, int step = 0) => new(CudaRegion.Derived, 0, offset, step);

    /// <summary>Among the gradients.</summary>
    protected static CudaArgument Gradients(int offset, int step = 0) => new(CudaRegion.Gradients, 0, offset, step);

    /// <summary>Among what a program shares for the whole batch.</summary>
    protected static CudaArgument Shared(int offset, int step = 0) => new(CudaRegion.Shared, 0, offset, step);

    /// <summary>Among what it keeps for each row.</summary>
    protected static CudaArgument Rows(int start, int within = 0, int step = 0) => new(CudaRegion.Rows, 0, within, step) { Start = start };

    /// <summary>Among what it needs for a time.</summary>
    protected static CudaArgument Scratch(int start, int within = 0, int step = 0) => new(CudaRegion.Scratch, 0, within, step) { Start = start };

    /// <summary>In an input or target.</summary>
    protected static CudaArgument Input(int index, int offset, int step = 0) => new(CudaRegion.Input, index, offset, step);

    /// <summary>In an output.</summary>
    protected static CudaArgument Output(int index, int offset, int step = 0) => new(CudaRegion.Output, index, offset, step);

    /// <summary>Among the model's constants.</summary>
    protected static CudaArgument Constants(int offset, int step = 0) => new(CudaRegion.Constants, 0, offset, step);

    /// <summary>Among what steps hand on.</summary>
    protected static CudaArgument Memory(int offset, int step = 0) => new(CudaRegion.Memory, 0, offset, step);
}
