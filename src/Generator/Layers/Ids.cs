using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>
/// Values that hold int ids: an input with a vocabulary, a label, or a view of one. They stay ints as far as the memory that they are read from, so
/// what looks entries up takes them as they are; what computes must be given numbers made of them.
/// </summary>
internal static class Ids
{
    /// <summary>The input whose ids these are, or null where they are numbers.</summary>
    public static InputOp? Source(this Value x) => x.Node.Op switch
    {
        InputOp { IsLabel: true } input => input,
        ReshapeOp or SliceOp or TransposeOp or StopGradientOp => x.Operand(0).Source(),
        _ => null,
    };

    /// <summary>The value, which <paramref name="maker"/> computes with or is; ids of an input are refused. A label counts as a number, as it always may.</summary>
    public static Value AsNumbers(this Value x, string maker) => x.Source() is { IsTarget: false } ids
        ? throw new IdsException(ids.AreLengths
            ? $"{maker} needs numbers, but {ids.Variable} holds the lengths of sequences; write {ids.Variable}.Mask(), 1 for the steps that are there, whose Sum() is the length"
            : $"{maker} needs numbers, but {ids.Variable} holds ids of a vocabulary of {Text(ids.Classes)}; write {ids.Variable}.Embedding(width), or {ids.Variable}.OneHot({Text(ids.Classes)})")
        : x;

    /// <summary>1 for the steps before a row's length, 0 behind: (time).</summary>
    public static Value Mask(this Value lengths) => lengths.Node.Op is InputOp { AreLengths: true } input
        ? lengths.Graph.Map(b => b.Less(b.Index(0), b.Operand(0)), [lengths], Shape.Of(input.Classes - 1), lengths.PerRow)
        : throw new LayerException($"Mask tells which steps come before a row's length, but was not called on lengths; declare them as a parameter of Forward, [Lengths(time)] Tensor lengths, or compare: {(lengths.Source() is { } ids ? $"{ids.Variable} != 0" : "x != 0")}");

    /// <summary>1 for labels that count, 0 for those that are ignored.</summary>
    public static Value Counts(this Value labels, int ignored) => labels.Map(ScalarOp.Equal, ignored).Map(ScalarOp.Not);

    /// <summary>The entries of the table's first axis that the ids name.</summary>
    public static Value Gather(this Value table, Value ids, string maker)
    {
        if (ids.Source() is not { } source)
            throw new ShapeException($"{maker} looks up int ids, but was given numbers; declare the ids as an input, [Tokens(length, vocabulary)], or as a label of Loss");
        if (table.Shape.Rank == 0) throw new ShapeException($"{maker} looks up entries of a table's first axis, but the table has the shape ()");
        if (table.Shape[0] < source.Classes)
            throw new ShapeException($"{maker} looks up ids of {source.Variable}, which go from 0 to {Text(source.Classes - 1)}, but the table {table.Shape} has {Text(table.Shape[0])} entries; give it {Text(source.Classes)}");
        if (source.Ignored is { } ignored && (ignored < 0 || ignored >= source.Classes))
            throw new ShapeException($"{maker} looks up labels of {source.Variable}, which may be {Text(ignored)} for those that are ignored, and no entry has that number; use OneHot, which gives zeros for them");
        if (!IsInPlace(ids))
            throw new ShapeException($"{maker} reads the ids of {source.Variable} where they lie, and Reshape after slicing or Transpose would move them; reshape the result instead");
        return table.Graph.Add(new GatherOp(), table, ids);
    }

    /// <summary>Whether the ids can be addressed in the input's row: none of the reshapes on the way reaches across a gap.</summary>
    private static bool IsInPlace(Value ids) => ids.Node.Op switch
    {
        ReshapeOp => (IsWhole(ids.Operand(0)) || WithoutOnes(ids).SequenceEqual(WithoutOnes(ids.Operand(0)))) && IsInPlace(ids.Operand(0)),
        InputOp => true,
        _ => IsInPlace(ids.Operand(0)),
    };

    /// <summary>Whether the elements lie side by side in their order.</summary>
    private static bool IsWhole(Value ids) => ids.Node.Op switch
    {
        InputOp => true,
        ReshapeOp or StopGradientOp => IsWhole(ids.Operand(0)),
        SliceOp slice => IsWhole(ids.Operand(0)) && ids.Shape.Extents.Take(slice.Axis).All(e => e == 1),
        _ => false,
    };

    private static IEnumerable<int> WithoutOnes(Value x) => x.Shape.Extents.Where(e => e != 1);

    private static Value Operand(this Value x, int operand) => x.Graph.At(x.Node.Operands[operand]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Ids stand where numbers are computed with; the message says what to write.</summary>
internal sealed class IdsException(string message) : Exception(message);
