using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Loops, switches and patterns over constants: what is read is what the unrolled method would give.</summary>
public class ControlFlowTests
{
    [Theory]
    [InlineData("foreach (int width in new[] { 3, 5 }) x = x.Linear(width); return x;")]
    [InlineData("foreach (int width in (int[])[3, 5]) x = x.Linear(width); return x;")]
    [InlineData("foreach (var width in new System.Collections.Generic.List<int> { 3, 5 }) x = x.Linear(width); return x;")]
    [InlineData("foreach (var (width, twice) in new[] { (3, false), (5, true) }) if (twice || width == 3) x = x.Linear(width); return x;")]
    [InlineData("foreach ((int width, _) in new[] { (3, 1), (5, 2) }) x = x.Linear(width); return x;")]
    [InlineData("System.Collections.Generic.IEnumerable<int> widths = new[] { 3, 4, 5, 6 }; foreach (int n in widths) { if (n == 4) continue; if (n > 5) break; x = x.Linear(n); } return x;")]
    [InlineData("foreach (long width in new[] { 3, 5 }) x = x.Linear((int)width); return x;")]
    [InlineData("foreach (var stage in Stages) x = x.Linear(stage.Width); return x;")]
    [InlineData("int n = 3; while (n < 6) { x = x.Linear(n); n += 2; } return x;")]
    [InlineData("int n = 3; while (true) { x = x.Linear(n); if (n == 5) break; n += 2; } return x;")]
    [InlineData("int n = 1; do { n += 2; x = x.Linear(n); } while (n < 5); return x;")]
    [InlineData("int n = 0; do { if (n++ < 3) continue; x = x.Linear(2 * n - 5); } while (n < 5); return x;")]
    [InlineData("int n = 2; while (n < 9) { n++; switch (n) { case 4: continue; case 3: case 5: x = x.Linear(n); break; default: break; } } return x;")]
    [InlineData("for (int i = 0; i < 2; i++) switch (i) { case 0: x = x.Linear(3); break; case > 0: return x.Linear(5); } return x.Linear(9);")]
    [InlineData("for (int i = 0; i < 2; i++) x = x.Linear(i switch { 0 => 3, 1 or 2 => 5, _ => size }); return x;")]
    [InlineData("for (int i = 0; i < 2; i++) x = x.Linear((i, i > 0) switch { (0, false) => 3, (> 0, var later) when later => 5, _ => throw new System.Exception() }); return x;")]
    [InlineData("for (int i = 3; i < 7; i++) if (i is not 4 and < 6) x = x.Linear(i); return x;")]
    [InlineData("foreach (var kind in new[] { Kind.Narrow, Kind.Wide }) x = kind switch { Kind.Wide => x.Linear(5), _ => x.Linear(3) }; return x;")]
    [InlineData("var at = (3, false); x = at == (3, false) ? x.Linear(3) : x; return at != (3, false) ? x : x.Linear(5);")]
    [InlineData("x = x.Linear(3); return x.Linear(x.Shape[0] is 3 ? 5 : 6);")]
    [InlineData("int? width = null; x = x.Linear(width ?? 3); width = 5; return x.Linear(width.HasValue ? width.Value : 1);")]
    [InlineData("Tensor? y = null; y ??= x.Linear(3); return (y ?? x).Linear(5);")]
    [InlineData("object n = 3; if (n is int width and > 2) x = x.Linear(width); return n is string ? x : x.Linear(5);")]
    [InlineData("string kind = \"wide\"; x = x.Linear(3); switch (kind) { case \"narrow\": return x; case \"wide\" when x.Shape[0] == 3: return x.Linear(5); default: return x.Exp(); }")]
    public void Control_flow_reads_as_its_unrolled_form(string body)
    {
        var unrolled = Model.Forward("return x.Linear(3).Linear(5);").Read();
        if (body.Contains("(var inputs)", StringComparison.Ordinal)) body = body.Replace("", "", StringComparison.Ordinal);
        var read = Model.Forward(body, members: """
            private enum Kind { Narrow, Wide = 4 }
            private static readonly (int Width, bool Last)[] Stages = [(3, false), (5, true)];
            private static int size = 3;
            public static int Use() => size++;
            """).Read();
        Assert.Equal(unrolled.Training, read.Training);
        Assert.Equal(unrolled.Layers, read.Layers);
    }

    [Theory]
    [InlineData("(1, _, _)", true)]
    [InlineData("(_, var h, var w) when h == w", true)]
    [InlineData("(_, > 8, _)", false)]
    [InlineData("(_, _)", false)]
    public void Shapes_have_patterns(string pattern, bool fits)
        => Assert.Equal(fits ? "(3)" : "(64)", Model.Forward($"return x.Shape switch {{ {pattern} => x.Flatten().Linear(3), _ => x.Flatten() }};", input: "1, 8, 8").Output);

    /// <summary>A list that grows under a foreach throws in C#.</summary>
    [Theory]
    [InlineData("var list = new System.Collections.Generic.List<int> { 1, 2 }; foreach (int n in [|list|]) list.Add(n); return x;", "a list that changes while foreach runs over it")]
    [InlineData("System.Span<int> n = new[] { 1 }; foreach (ref int [|i|] in n) i++; return x.Linear(n[0]);", "a ref local")]
    [InlineData("foreach (char c in [|\"ab\"|]) x = x.Exp(); return x;", "as a collection; use an array")]
    [InlineData("foreach (int i in [|System.Linq.Enumerable.Range(0, 3)|]) x = x.Exp(); return x;", "a call of 'Enumerable.Range'")]
    [InlineData("int i = 3; return [|i switch { 1 => x, 2 => x.Exp() }|];", "a switch that has no case for its value")]
    [InlineData("switch ([|size|]) { case 1: return x; default: return x.Exp(); }", "'size', whose value is known only at run time")]
    [InlineData("int i = 1; switch (i) { case 1: [|goto case 2;|] case 2: return x; default: return x.Exp(); }", "goto")]
    [InlineData("return \"abc\" is [|{ Length: 3 }|] ? x : x.Exp();", "this pattern")]
    [InlineData("return new[] { 1, 2 } is [|[1, ..]|] ? x : x.Exp();", "this pattern")]
    [InlineData("Tensor[] a = [x]; return [|(a, 1) == (a, 1)|] ? x : x.Exp();", "a comparison of tuples that hold more than constants")]
    [InlineData("object n = 3; return [|n is System.DateTime|] ? x : x.Exp();", "")]
    [InlineData("Tensor? y = x; return [|y?.Exp()|] ?? x;", "a choice by null")]
    public Task What_control_flow_can_not_hang_on(string body, string words)
        => Model.Forward(body, members: "private static int size = 3; public static int Use() => size++;").Reports("DLG0120", words);

    [Theory]
    [InlineData("[|while (true)|] { x = x.Exp(); }")]
    [InlineData("do { } [|while (x.Shape[0] == 8)|]; return x;")]
    [InlineData("int[] all = new int[200]; foreach (int a in all) [|foreach (int b in all)|] { } return x;")]
    [InlineData("int n = 0; [|for (;;)|] { switch (n) { case 0: break; } }")]
    public Task Every_loop_is_bounded(string body) => Model.Forward(body).Reports("DLG0121", "10,000 loop turns");
}
