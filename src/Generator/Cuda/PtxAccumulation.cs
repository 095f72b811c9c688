using DlGen.Graphs;

namespace DlGen.Ptx;

/// <summary>What is accumulated over elements: numbers in registers that are written again.</summary>
internal abstract class PtxAccumulation(PtxMath math)
{
    protected PtxMath Math { get; } = math;

    /// <summary>How many numbers it is.</summary>
    public abstract int Count { get; }

    /// <summary>Of no elements.</summary>
    public abstract string[] Begin();

    /// <summary>Adds elements that come after those that are in it.</summary>
    /// <param name="terms">Their values, and their numbers among all, asked for where they matter.</param>
    public abstract void Take(string[] state, IReadOnlyList<(string Value, Func<string> Place)> terms);

    /// <summary>Adds what others have.</summary>
    public abstract void Join(string[] state, IReadOnlyList<string> other);

    public static PtxAccumulation Of(ReduceKind kind, PtxMath math) => kind == ReduceKind.ArgMax ? new PtxPlaceOfLargest(math) : new PtxSum(kind, math);
}

/// <summary>A sum, the largest or the smallest of all.</summary>
internal sealed class PtxSum(ReduceKind kind, PtxMath math) : PtxAccumulation(math)
{
    public override int Count => 1;

    public override string[] Begin() => [Math.Variable(kind.Neutral())];

    public override void Take(string[] state, IReadOnlyList<(string Value, Func<string> Place)> terms)
    {
        foreach (var (value, _) in terms) Join(state, [value]);
    }

    public override void Join(string[] state, IReadOnlyList<string> other) => Math.Assign(state[0], kind switch
    {
        ReduceKind.Sum => Math.Add(state[0], other[0]),
        ReduceKind.Max => Math.Maximum(state[0], other[0]),
        _ => Math.Minimum(state[0], other[0]),
    });
}

/// <summary>
/// The largest value and where it stands: the first of equal ones and of those that are not numbers, which count as larger than all. Without elements the
/// place is 0, which is right beside elements of −∞ too.
/// </summary>
internal sealed class PtxPlaceOfLargest(PtxMath math) : PtxAccumulation(math)
{
    public override int Count => 2;

    public override string[] Begin() => [Math.Variable(double.NegativeInfinity), Math.Variable(0)];

    public override void Take(string[] state, IReadOnlyList<(string Value, Func<string> Place)> terms)
    {
        foreach (var (value, place) in terms) Keep(state, value, place(), IsLarger(value, state[0]));
    }

    public override void Join(string[] state, IReadOnlyList<string> other)
    {
        string areEqual = Math.Or(Math.Equal(other[0], state[0]), Math.And(Math.IsNaN(other[0]), Math.IsNaN(state[0])));
        Keep(state, other[0], other[1], Math.Or(IsLarger(other[0], state[0]), Math.And(areEqual, Math.Less(other[1], state[1]))));
    }

    private string IsLarger(string value, string largest) => Math.Or(Math.Less(largest, value), Math.And(Math.IsNaN(value), Math.Not(Math.IsNaN(largest))));

    private void Keep(string[] state, string value, string place, string condition)
    {
        Math.Assign(state[0], Math.Select(condition, value, state[0]));
        Math.Assign(state[1], Math.Select(condition, place, state[1]));
    }
}

/// <summary>
/// Count, mean and the squared distances from the mean, joined as Chan et al. 1979 do. Elements that come together are added up and compared with their own mean
/// before they join the others: no square of a large mean is subtracted from another.
/// </summary>
internal sealed class PtxMoments(PtxMath math) : PtxAccumulation(math)
{
    public override int Count => 3;

    public override string[] Begin() => [Math.Variable(0), Math.Variable(0), Math.Variable(0)];

    public override void Take(string[] state, IReadOnlyList<(string Value, Func<string> Place)> terms)
    {
        string sum = terms[0].Value;
        foreach (var (value, _) in terms.Skip(1)) sum = Math.Add(sum, value);
        string mean = terms.Count == 1 ? sum : Math.Multiply(sum, Math.Constant(1.0 / terms.Count));
        string squares = Math.Constant(0);
        foreach (var (value, _) in terms.Count == 1 ? [] : terms)
        {
            string distance = Math.Subtract(value, mean);
            squares = Math.MultiplyAdd(distance, distance, squares);
        }
        Join(state, [Math.Constant(terms.Count), mean, squares]);
    }

    public override void Join(string[] state, IReadOnlyList<string> other)
    {
        string count = Math.Add(state[0], other[0]);
        // Nothing beside nothing: 0 / 0 is no share.
        string share = Math.Select(Math.Equal(count, Math.Constant(0)), Math.Constant(0), Math.Divide(other[0], count));
        string apart = Math.Subtract(other[1], state[1]);
        // The smaller factors first: a large distance has a square that no number holds.
        string between = Math.Multiply(Math.Multiply(Math.Multiply(apart, state[0]), share), apart);
        Math.Assign(state[1], Math.MultiplyAdd(apart, share, state[1]));
        Math.Assign(state[2], Math.Add(Math.Add(state[2], other[2]), between));
        Math.Assign(state[0], count);
    }
}
