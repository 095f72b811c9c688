using System.Numerics;
using System.Runtime.Intrinsics;
using DlGen.Compiled;

namespace DlGen;

/// <summary>The numbers of a parameter set, whatever their type: what Parameter, ParameterSet, the files and the optimizers work on.</summary>
internal abstract class ParameterStorage(ParameterDefinition[] definitions, int length)
{
    public ParameterDefinition[] Definitions => definitions;

    /// <summary>Elements of all home layouts together.</summary>
    public int Length => length;

    public abstract bool Float64 { get; }

    public abstract bool HasGradients { get; }

    public abstract void Read<TTo>(int parameter, bool gradient, Span<TTo> logical)
        where TTo : unmanaged, IBinaryFloatingPointIeee754<TTo>;

    public abstract void Write<TFrom>(int parameter, ReadOnlySpan<TFrom> logical)
        where TFrom : unmanaged, IBinaryFloatingPointIeee754<TFrom>;

    public abstract double Read(int parameter, int logicalIndex);

    public abstract void Write(int parameter, int logicalIndex, double value);

    public abstract bool IsFinite(int parameter, bool gradient);

    public abstract void ZeroGradients();

    /// <summary>Σg² in double, in an order that no instruction set changes.</summary>
    public abstract double GradientSquares(int parameter);

    public abstract void ScaleGradient(int parameter, double factor);

    /// <summary>Every gradient element into [-largest, largest]; NaN stays.</summary>
    public abstract void LimitGradients(double largest);

    /// <summary>Values += rate·(source - values), element for element; the layouts are the same.</summary>
    public abstract void BlendFrom(ParameterStorage source, double rate);

    /// <summary>Whether another storage has the same number type, and every parameter at the same place in the same layout.</summary>
    public bool HasLayoutOf(ParameterStorage other)
    {
        if (other.Float64 != Float64 || other.Length != Length)
            return false;
        return ReferenceEquals(other.Definitions, definitions)
            || other.Definitions.AsSpan().SequenceEqual(definitions, LayoutComparer.Instance);
    }

    private sealed class LayoutComparer : IEqualityComparer<ParameterDefinition>
    {
        public static readonly LayoutComparer Instance = new();

        public bool Equals(ParameterDefinition? x, ParameterDefinition? y) =>
            x!.Name == y!.Name && x.Offset == y.Offset && x.PanelAxis == y.PanelAxis && x.PanelWidth == y.PanelWidth && x.Shape.AsSpan().SequenceEqual(y.Shape);

        public int GetHashCode(ParameterDefinition definition) => definition.Offset;
    }
}

/// <summary>Parameters and gradients in home layout; the gradients are allocated on first use.</summary>
internal sealed class ParameterStorage<T> : ParameterStorage
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly AlignedBuffer<T> values;
    private AlignedBuffer<T>? gradients;

    public ParameterStorage(ParameterDefinition[] definitions, int length)
        : base(definitions, length)
    {
        CheckLayout(definitions, length);
        values = new AlignedBuffer<T>(length);
    }

    public override bool Float64 => typeof(T) == typeof(double);

    public override bool HasGradients => gradients is not null;

    public Span<T> Values => values.Span;

    public Span<T> Gradients => (gradients ?? CreateGradients()).Span;

    public override void Read<TTo>(int parameter, bool gradient, Span<TTo> logical) =>
        ParameterLayout.ToLogical<T, TTo>(Definitions[parameter], HomeOf(parameter, gradient), logical);

    public override void Write<TFrom>(int parameter, ReadOnlySpan<TFrom> logical) =>
        ParameterLayout.ToHome(Definitions[parameter], logical, HomeOf(parameter, gradient: false));

    public override double Read(int parameter, int logicalIndex) =>
        double.CreateTruncating(HomeOf(parameter, gradient: false)[Definitions[parameter].HomeIndex(logicalIndex)]);

    public override void Write(int parameter, int logicalIndex, double value) =>
        HomeOf(parameter, gradient: false)[Definitions[parameter].HomeIndex(logicalIndex)] = T.CreateTruncating(value);

    public override bool IsFinite(int parameter, bool gradient) => Check.AllFinite<T>(HomeOf(parameter, gradient));

    public override void ZeroGradients() => gradients?.Span.Clear();

    public override double GradientSquares(int parameter)
    {
        ReadOnlySpan<T> home = HomeOf(parameter, gradient: true);
        Vector512<double> sums = Vector512<double>.Zero;
        int i = 0;
        for (; i <= home.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            Vector512<double> g = LoadDoubles(home[i..]);
            sums += g * g;
        }

        double sum = 0;
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
            sum += sums[lane];
        for (; i < home.Length; i++)
            sum += double.CreateTruncating(home[i]) * double.CreateTruncating(home[i]);
        return sum;
    }

    public override void ScaleGradient(int parameter, double factor)
    {
        Span<T> home = HomeOf(parameter, gradient: true);
        T scale = T.CreateTruncating(factor);
        int i = 0;
        for (; i <= home.Length - Vector<T>.Count; i += Vector<T>.Count)
            (new Vector<T>(home[i..]) * scale).CopyTo(home[i..]);
        for (; i < home.Length; i++)
            home[i] *= scale;
    }

    public override void LimitGradients(double largest)
    {
        Span<T> all = Gradients;
        T most = T.CreateTruncating(largest);
        int i = 0;
        for (; i <= all.Length - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Min(Vector.Max(new Vector<T>(all[i..]), new Vector<T>(-most)), new Vector<T>(most)).CopyTo(all[i..]);
        for (; i < all.Length; i++)
            all[i] = T.Clamp(all[i], -most, most);
    }

    public override void BlendFrom(ParameterStorage source, double rate)
    {
        Span<T> into = Values;
        ReadOnlySpan<T> from = ((ParameterStorage<T>)source).Values;
        if (rate == 1)
        {
            from.CopyTo(into);
            return;
        }

        Blend(into, from, T.CreateTruncating(rate));
    }

    /// <summary>into += share·(from - into).</summary>
    public static void Blend(Span<T> into, ReadOnlySpan<T> from, T share)
    {
        int i = 0;
        for (; i <= into.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> old = new(into[i..]);
            (old + (new Vector<T>(from[i..]) - old) * share).CopyTo(into[i..]);
        }

        for (; i < into.Length; i++)
            into[i] += (from[i] - into[i]) * share;
    }

    private Span<T> HomeOf(int parameter, bool gradient)
    {
        ParameterDefinition definition = Definitions[parameter];
        return (gradient ? Gradients : Values).Slice(definition.Offset, definition.HomeLength());
    }

    private AlignedBuffer<T> CreateGradients()
    {
        // Readers on several threads may ask first; all must see the same memory.
        Interlocked.CompareExchange(ref gradients, new AlignedBuffer<T>(Length), null);
        return gradients;
    }

    private static Vector512<double> LoadDoubles(ReadOnlySpan<T> values)
    {
        if (typeof(T) == typeof(double))
            return Vector512.Create(values).AsDouble();
        (Vector256<double> lower, Vector256<double> upper) = Vector256.Widen(Vector256.Create(values).AsSingle());
        return Vector512.Create(lower, upper);
    }

    private static void CheckLayout(ParameterDefinition[] definitions, int length)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        int end = 0;
        foreach (ParameterDefinition definition in definitions.OrderBy(d => d.Offset))
        {
            if (definition.PanelWidth != 0 && (definition.Shape.Length != 2 || definition.PanelAxis is not (0 or 1)))
                throw new ArgumentException($"{definition.Name} lies in panels, which takes rank 2 and axis 0 or 1.", nameof(definitions));
            if (definition.Offset < end || definition.Offset + (long)definition.HomeLength() > length)
                throw new ArgumentException($"{definition.Name} overlaps another parameter or the end.", nameof(definitions));
            if (!names.Add(definition.Name))
                throw new ArgumentException($"{definition.Name} stands twice.", nameof(definitions));
            end = definition.Offset + definition.HomeLength();
        }
    }
}
