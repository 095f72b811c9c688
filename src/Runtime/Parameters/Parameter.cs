using System.Globalization;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>One named parameter of a model. Indices and copies are in PyTorch's order (row-major over <see cref="Shape"/>); how it lies in memory is the
/// model's affair, so it is copied in and out and never exposed as a span. Not while another thread trains.</summary>
public sealed class Parameter
{
    private readonly ParameterSet set;
    private readonly ParameterStorage storage;
    private readonly int index;
    private readonly int[] shape;
    private bool frozen;

    internal Parameter(ParameterSet set, ParameterStorage storage, int index)
    {
        this.set = set;
        this.storage = storage;
        this.index = index;
        shape = (int[])storage.Definitions[index].Shape.Clone();
        Length = storage.Definitions[index].LogicalLength();
        frozen = IsDeclaredFrozen;
    }

    /// <summary>The name as it stands in files: <c>linear_1.weight</c>.</summary>
    public string Name => storage.Definitions[index].Name;

    /// <summary>The extents as PyTorch has them: (outputs, inputs) for the weight of a Linear.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>The number of elements: the product of <see cref="Shape"/>.</summary>
    public int Length { get; }

    /// <summary>Whether it is a running statistic (PyTorch's buffer): training steps write it, files hold it, optimizers pass it by.</summary>
    public bool IsState => storage.Definitions[index].IsState;

    /// <summary>Whether optimizers pass it by; PyTorch's <c>requires_grad = False</c>.</summary>
    /// <exception cref="InvalidOperationException">It was declared frozen: no gradient is computed, so it cannot be trained.</exception>
    public bool Frozen
    {
        get => frozen;
        set
        {
            if (!value && IsDeclaredFrozen)
                throw new InvalidOperationException(IsState ? $"{Name} is a running statistic, which training writes itself; it has no gradient." : $"{Name} is declared frozen, so no gradient is computed for it; take [Frozen] or frozen: true from the declaration.");
            frozen = value;
        }
    }

    /// <summary>The element at a position in PyTorch's order.</summary>
    /// <param name="position">From 0 to Length - 1.</param>
    public double this[int position]
    {
        get => storage.Read(index, InRange(position));
        set
        {
            storage.Write(index, InRange(position), value);
            set.RaiseVersion();
        }
    }

    /// <summary>Copies the values out.</summary>
    /// <param name="destination">Exactly <see cref="Length"/> elements.</param>
    public void CopyTo(Span<float> destination) => storage.Read(index, gradient: false, Fitting(destination));

    /// <inheritdoc cref="CopyTo(Span{float})"/>
    public void CopyTo(Span<double> destination) => storage.Read(index, gradient: false, Fitting(destination));

    /// <summary>Copies values in.</summary>
    /// <param name="source">Exactly <see cref="Length"/> elements.</param>
    public void CopyFrom(ReadOnlySpan<float> source)
    {
        CheckLength(source.Length);
        storage.Write(index, source);
        set.RaiseVersion();
    }

    /// <inheritdoc cref="CopyFrom(ReadOnlySpan{float})"/>
    public void CopyFrom(ReadOnlySpan<double> source)
    {
        CheckLength(source.Length);
        storage.Write(index, source);
        set.RaiseVersion();
    }

    /// <summary>Copies the gradient of the last ComputeGradients or TrainBatch out; zeros before the first.</summary>
    /// <param name="destination">Exactly <see cref="Length"/> elements.</param>
    public void CopyGradientTo(Span<float> destination) => storage.Read(index, gradient: true, Fitting(destination));

    /// <inheritdoc cref="CopyGradientTo(Span{float})"/>
    public void CopyGradientTo(Span<double> destination) => storage.Read(index, gradient: true, Fitting(destination));

    /// <summary>Name and shape: <c>linear_1.weight (128, 784)</c>.</summary>
    public override string ToString() => $"{Name} ({string.Join(", ", shape.Select(extent => extent.ToString(CultureInfo.InvariantCulture)))})";

    /// <summary>Whether no gradient is computed, whatever is set.</summary>
    internal bool IsDeclaredFrozen => storage.Definitions[index] is { Frozen: true } or { IsState: true };

    /// <summary>Its place in the model's order.</summary>
    internal int Index => index;

    internal int Offset => storage.Definitions[index].Offset;

    internal int HomeLength { get => field == 0 ? field = storage.Definitions[index].HomeLength() : field; }

    internal bool IsFinite() => storage.IsFinite(index, gradient: false);

    internal bool IsGradientFinite() => storage.IsFinite(index, gradient: true);

    internal double GradientSquares() => storage.GradientSquares(index);

    internal void ScaleGradient(double factor) => storage.ScaleGradient(index, factor);

    private int InRange(int position)
    {
        if ((uint)position >= (uint)Length)
            throw new ArgumentOutOfRangeException(nameof(position), position, $"{this} has the positions 0 to {Length - 1}.");
        return position;
    }

    private Span<T> Fitting<T>(Span<T> destination)
    {
        CheckLength(destination.Length, nameof(destination));
        return destination;
    }

    private void CheckLength(int length, [CallerArgumentExpression(nameof(length))] string? argument = null)
    {
        if (length != Length)
            throw new ArgumentException($"{this} has {Length} elements, but {length} were given.", argument);
    }
}
