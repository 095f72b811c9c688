using System.Numerics;
using DlGen.Compiled;

namespace DlGen;

/// <summary>A second set of values beside a model's parameters, in the same layout: the best epoch's, or their moving average.</summary>
internal abstract class WeightCopy
{
    /// <summary>Takes the values as they are.</summary>
    /// <param name="parameters">Whose values.</param>
    /// <param name="states">Whether running statistics belong to it.</param>
    public static WeightCopy Of(ParameterSet parameters, bool states)
    {
        WeightCopy copy = parameters.Storage.Float64 ? new WeightCopy<double>(parameters, states) : new WeightCopy<float>(parameters, states);
        copy.Take();
        return copy;
    }

    /// <summary>Becomes the model's values.</summary>
    public abstract void Take();

    /// <summary>Gives the model these values.</summary>
    public abstract void Restore();

    /// <summary>Exchanges the values with the model's.</summary>
    public abstract void Exchange();

    /// <summary>values = decay·values + (1 - decay)·the model's.</summary>
    public abstract void Average(double decay);

    /// <summary>The values of a parameter in PyTorch's order, a float[] or double[].</summary>
    public abstract Array Read(int parameter);

    /// <summary>Sets the values of a parameter, in PyTorch's order.</summary>
    public abstract void Write(int parameter, Array values);
}

/// <inheritdoc cref="WeightCopy"/>
internal sealed class WeightCopy<T> : WeightCopy
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterSet parameters;
    private readonly ParameterStorage<T> storage;
    private readonly ParameterDefinition[] covered;
    private readonly AlignedBuffer<T> copy;

    public WeightCopy(ParameterSet parameters, bool states)
    {
        this.parameters = parameters;
        storage = (ParameterStorage<T>)parameters.Storage;
        covered = [.. storage.Definitions.Where(definition => states || !definition.IsState)];
        copy = new AlignedBuffer<T>(storage.Length);
    }

    public override void Take()
    {
        foreach (ParameterDefinition definition in covered)
            In(storage.Values, definition).CopyTo(In(copy.Span, definition));
    }

    public override void Restore()
    {
        foreach (ParameterDefinition definition in covered)
            In(copy.Span, definition).CopyTo(In(storage.Values, definition));
        parameters.RaiseVersion();
    }

    public override void Exchange()
    {
        foreach (ParameterDefinition definition in covered)
        {
            Span<T> mine = In(copy.Span, definition), models = In(storage.Values, definition);
            for (int i = 0; i < mine.Length; i++)
                (mine[i], models[i]) = (models[i], mine[i]);
        }

        parameters.RaiseVersion();
    }

    public override void Average(double decay)
    {
        T share = T.CreateTruncating(1 - decay);
        foreach (ParameterDefinition definition in covered)
            ParameterStorage<T>.Blend(In(copy.Span, definition), In(storage.Values, definition), share);
    }

    public override Array Read(int parameter)
    {
        ParameterDefinition definition = storage.Definitions[parameter];
        var values = new T[definition.LogicalLength()];
        ParameterLayout.ToLogical<T, T>(definition, In(copy.Span, definition), values);
        return values;
    }

    public override void Write(int parameter, Array values)
        => ParameterLayout.ToHome<T, T>(storage.Definitions[parameter], (T[])values, In(copy.Span, storage.Definitions[parameter]));

    private static Span<T> In(Span<T> memory, ParameterDefinition definition) => memory.Slice(definition.Offset, definition.HomeLength());
}
