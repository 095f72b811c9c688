using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.IO.Enumeration;

namespace DlGen;

/// <summary>The parameters of a model and the running statistics of its norms, by name and in order. Every write to any of them raises <see cref="Version"/>.</summary>
public sealed class ParameterSet : IReadOnlyList<Parameter>
{
    private readonly Parameter[] parameters;
    private readonly Dictionary<string, Parameter> byName;
    private long version;
    private long stateVersion;

    internal ParameterSet(ParameterStorage storage)
    {
        Storage = storage;
        parameters = new Parameter[storage.Definitions.Length];
        for (int i = 0; i < parameters.Length; i++)
            parameters[i] = new Parameter(this, storage, i);
        byName = parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        InMemoryOrder = [.. parameters.OrderBy(parameter => parameter.Offset)];
    }

    /// <summary>The number of parameters, each a tensor.</summary>
    public int Count => parameters.Length;

    /// <summary>Goes up with every write: by an optimizer, a copy, a load. Values derived from parameters carry it.</summary>
    public long Version => Volatile.Read(ref version) + Volatile.Read(ref stateVersion);

    /// <summary>The parameter at a place in the model's order.</summary>
    /// <param name="index">From 0 to Count - 1.</param>
    public Parameter this[int index] => parameters[index];

    /// <summary>The parameter of a name.</summary>
    /// <param name="name">The name as it stands in files.</param>
    /// <exception cref="KeyNotFoundException">There is none; the message names those that are, or of many the most alike.</exception>
    public Parameter this[string name] => byName.TryGetValue(name, out Parameter? parameter)
        ? parameter
        : throw new KeyNotFoundException($"There is no parameter '{name}'. {NamesNear.To(name, byName.Keys)}");

    /// <summary>The parameter of a name, if there is one.</summary>
    /// <param name="name">The name as it stands in files.</param>
    /// <param name="parameter">The parameter.</param>
    public bool TryGetValue(string name, [NotNullWhen(true)] out Parameter? parameter) => byName.TryGetValue(name, out parameter);

    /// <summary>Takes over all values of a set with the same names and shapes: a target network, a best model so far. Number types may differ.</summary>
    /// <param name="source">Where the values come from.</param>
    /// <exception cref="ArgumentException">Names or shapes differ; nothing was changed.</exception>
    public void CopyFrom(ParameterSet source) => BlendFrom(source, 1);

    /// <summary>values += rate·(source - values): the moving average of Polyak averaging, soft target networks and self-distillation.</summary>
    /// <param name="source">Where the values come from, with the same names and shapes.</param>
    /// <param name="rate">The share of the source, from 0 to 1.</param>
    /// <exception cref="ArgumentException">Names or shapes differ; nothing was changed.</exception>
    public void BlendFrom(ParameterSet source, double rate)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!(rate >= 0 && rate <= 1))
            throw new ArgumentOutOfRangeException(nameof(rate), rate, "The rate is the share of the source, from 0 to 1.");

        if (Storage.HasLayoutOf(source.Storage))
            Storage.BlendFrom(source.Storage, rate);
        else
            BlendByName(source, rate);
        RaiseVersion();
    }

    /// <summary>Sets all gradients to zero.</summary>
    public void ZeroGradients() => Storage.ZeroGradients();

    /// <summary>Scales the gradients down so that the norm of all of them together is at most the given one;
    /// PyTorch's <c>clip_grad_norm_</c>: they are multiplied by norm / (total + 1e-6) where that is below 1. Frozen parameters do not count.</summary>
    /// <param name="norm">The largest norm, above 0.</param>
    /// <returns>The norm before.</returns>
    /// <exception cref="DlGenException">The norm is not finite; the gradients are as they were.</exception>
    public double ClipGradients(double norm)
    {
        if (!(norm > 0))
            throw new ArgumentOutOfRangeException(nameof(norm), norm, "The largest norm must be above 0.");

        double squares = 0;
        foreach (Parameter parameter in InMemoryOrder)
            squares += parameter.Frozen ? 0 : parameter.GradientSquares();
        double total = Math.Sqrt(squares);
        if (!double.IsFinite(total))
        {
            string name = parameters.FirstOrDefault(parameter => !parameter.IsGradientFinite())?.Name ?? "all parameters together";
            throw new DlGenException($"The gradient of {name} is not finite, so it cannot be clipped. Do not apply it: use a lower learning rate or scale the loss.");
        }

        double scale = norm / (total + 1e-6);
        if (scale < 1)
        {
            foreach (Parameter parameter in InMemoryOrder)
            {
                if (!parameter.Frozen)
                    parameter.ScaleGradient(scale);
            }
        }

        return total;
    }

    /// <summary>Limits every element of the gradients to a magnitude; PyTorch's <c>clip_grad_value_</c>. NaN stays, and is found where the norm is looked at.</summary>
    /// <param name="largest">The largest magnitude, above 0.</param>
    public void ClipGradientValues(double largest)
    {
        if (!(largest > 0))
            throw new ArgumentOutOfRangeException(nameof(largest), largest, "The largest magnitude must be above 0.");
        Storage.LimitGradients(largest);
    }

    /// <summary>Freezes the parameters whose names match: optimizers pass them by.</summary>
    /// <param name="pattern">A name, * standing for any characters: <c>features.*</c>.</param>
    /// <returns>How many match.</returns>
    /// <exception cref="ArgumentException">None matches; the message lists the names.</exception>
    public int Freeze(string pattern)
    {
        Parameter[] matches = Matching(pattern);
        foreach (Parameter parameter in matches)
            parameter.Frozen = true;
        return matches.Length;
    }

    /// <summary>Undoes <see cref="Freeze"/>. What the declaration froze stays frozen: no gradient is computed for it.</summary>
    /// <param name="pattern">A name, * standing for any characters.</param>
    /// <returns>How many match and can be trained now.</returns>
    /// <exception cref="ArgumentException">None matches; the message lists the names.</exception>
    public int Unfreeze(string pattern)
    {
        int count = 0;
        foreach (Parameter parameter in Matching(pattern))
        {
            if (parameter.IsDeclaredFrozen)
                continue;
            parameter.Frozen = false;
            count++;
        }

        return count;
    }

    /// <summary>The parameters in the model's order.</summary>
    public IEnumerator<Parameter> GetEnumerator() => ((IEnumerable<Parameter>)parameters).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => parameters.GetEnumerator();

    internal ParameterStorage Storage { get; }

    /// <summary>By offset, for passes over the flat memory.</summary>
    internal Parameter[] InMemoryOrder { get; }

    /// <summary>The same without the updates of running statistics, which no gradient depends on.</summary>
    internal long TrainedVersion => Volatile.Read(ref version);

    internal void RaiseVersion() => Interlocked.Increment(ref version);

    internal void RaiseStateVersion() => Interlocked.Increment(ref stateVersion);

    private void BlendByName(ParameterSet source, double rate)
    {
        string[] missing = [.. parameters.Where(mine => !source.byName.ContainsKey(mine.Name)).Select(mine => mine.Name)];
        string[] extra = [.. source.parameters.Where(theirs => !byName.ContainsKey(theirs.Name)).Select(theirs => theirs.Name)];
        if (missing.Length + extra.Length > 0)
        {
            throw new ArgumentException(
                $"The sets hold other parameters. The source lacks: {Listed(missing)}. Only the source has: {Listed(extra)}.", nameof(source));
        }

        foreach (Parameter mine in parameters)
        {
            Parameter theirs = source.byName[mine.Name];
            if (!mine.Shape.SequenceEqual(theirs.Shape))
                throw new ArgumentException($"The source has {theirs}, this set has {mine}.", nameof(source));
        }

        foreach (Parameter mine in parameters)
        {
            var values = new double[mine.Length];
            var theirs = new double[mine.Length];
            mine.CopyTo(values);
            source.byName[mine.Name].CopyTo(theirs);
            for (int i = 0; i < values.Length; i++)
                values[i] = rate == 1 ? theirs[i] : values[i] + rate * (theirs[i] - values[i]);
            mine.CopyFrom(values);
        }
    }

    private Parameter[] Matching(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        Parameter[] matches = [.. parameters.Where(p => FileSystemName.MatchesSimpleExpression(pattern, p.Name, ignoreCase: false))];
        if (matches.Length == 0)
            throw new ArgumentException($"No parameter's name matches '{pattern}'. {NamesNear.To(pattern, byName.Keys)}", nameof(pattern));
        return matches;
    }

    private static string Listed(string[] names) => names.Length == 0 ? "nothing" : string.Join(", ", names);
}
