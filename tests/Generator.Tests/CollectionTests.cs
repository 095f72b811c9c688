using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Arrays, lists and texts of constants and tensors.</summary>
public class CollectionTests
{
    [Theory]
    [InlineData("var all = new List<Tensor>(); all.Add(x.Exp()); all.Add(x.Sin()); return Tensor.Concat([.. all]);")]
    [InlineData("List<Tensor> all = []; all.Add(x.Exp()); all.Add(x.Sin()); return Tensor.Concat(all.ToArray());")]
    [InlineData("List<Tensor> all = [x.Exp(), x]; all[^1] = x.Sin(); return Tensor.Concat(all[0], all[1]);")]
    [InlineData("var all = new List<Tensor> { x.Exp(), x.Sin(), x }; all.RemoveAt(all.Count - 1); return Tensor.Concat([.. all]);")]
    [InlineData("var all = new List<Tensor>(2); all.Insert(0, x.Exp()); all.AddRange(new[] { x.Sin() }); return Tensor.Concat(all[0], all[^1]);")]
    [InlineData("Tensor[] all = new Tensor[2]; all[0] = x.Exp(); all[^1] = x.Sin(); return Tensor.Concat(all);")]
    [InlineData("Tensor[] all = [x, x.Exp(), x.Sin(), x]; return Tensor.Concat(all[1..3]);")]
    [InlineData("Tensor[] some = [x.Exp()]; Tensor[] all = [.. some, x.Sin()]; return Tensor.Concat(all);")]
    [InlineData("List<Tensor> all = [x, x.Exp(), x.Sin()]; return Tensor.Concat([.. all[1..]]);")]
    [InlineData("ReadOnlySpan<Tensor> all = [x, x.Exp(), x.Sin()]; return Tensor.Concat(all[1..]);")]
    [InlineData("var all = new[] { x, x }; var same = all; same[0] = all[0].Exp(); same[1] = all[1].Sin(); return Tensor.Concat(all);")]
    [InlineData("var all = new[] { x, x }; int i = 0; all[i++] = x.Exp(); all[i] = x.Sin(); return Tensor.Concat(all);")]
    [InlineData("var (a, b) = (new[] { x }, new[] { x.Exp() }); b = [x.Exp()]; a = [x.Sin()]; (a, b) = (a, b); (a[0], b[0]) = (b[0], a[0]); return Tensor.Concat(a[0], b[0]);")]
    [InlineData("var all = new List<(Tensor Value, int N)> { (x.Exp(), 1), (x.Sin(), 2) }; return Tensor.Concat([.. Values()]); List<Tensor> Values() { var v = new List<Tensor>(); foreach (var (value, _) in all) v.Add(value); return v; }")]
    [InlineData("return Joined(x.Exp(), x.Sin()); static Tensor Joined(params Tensor[] parts) => Tensor.Concat(parts);")]
    public void Collections_of_tensors(string body)
        => Assert.Equal(Model.Forward("return Tensor.Concat(x.Exp(), x.Sin());").Training.Anonymous(), Forward(body).Training.Anonymous());

    [Theory]
    [InlineData("int[] n = new int[3]; n[1] += 4; n[1]++; return x.Linear(n[1] + n[0]);", "(5)")]
    [InlineData("var n = new List<int>(); for (int i = 1; i < 4; i++) n.Add(i * i); return x.Linear(n[^1] + n.Count);", "(12)")]
    [InlineData("int[] n = [1, 2], m = [.. n, 3, .. n]; return x.Linear(m.Length);", "(5)")]
    [InlineData("int[] n = [1, 2]; double[] m = [.. n, 0.5]; return x.Linear((int)(m[1] / m[2]));", "(4)")]
    [InlineData("int[] n = [1, 2, 3]; int i = 0; n[i++] += 10; return x.Linear(n[0] + i);", "(12)")]
    [InlineData("int[][] n = [[1], [2, 3]]; n[1][0] *= 3; return x.Linear(n[1][0] + n[1][1]);", "(9)")]
    [InlineData("Change(Sizes.Length); return x.Linear(Sizes[^1]); static void Change(int n) { }", "(7)")]
    [InlineData("int[] n = [.. Sizes]; n[0] = 9; return x.Linear(n[0]).Linear(Sizes[0]);", "(5)")]
    [InlineData("bool[] on = new bool[1]; return on[0] ? x : x.Linear(2);", "(2)")]
    [InlineData("IReadOnlyList<int> n = [1, 2]; return x.Linear(n[1] + n.Count);", "(4)")]
    public void Collections_of_constants(string body, string shape) => Assert.Equal(shape, Forward(body).Output);

    [Theory]
    [InlineData("for (int i = 0; i < 2; i++) x = x.Linear(8, bias: false, name: $\"block_{i}\"); return x;")]
    [InlineData("for (int i = 0; i < 2; i++) x = x.Linear(8, bias: false, name: \"block_\" + i); return x;")]
    [InlineData("string name = \"block\"; name += '_' == 'a' ? \"\" : \"_\"; foreach (var i in new[] { \"0\", \"1\" }) x = x.Linear(8, bias: false, name: name + i); return x;")]
    public void Texts_name_layers(string body) => Assert.Equal(["block_0.weight", "block_1.weight"], Forward(body).Training.ParameterPaths());

    [Theory]
    [InlineData("var n = new List<int> { 1 }; return x.Linear([|n[1]|]);", "the index 1 into 1 elements; stay within 0 to 0")]
    [InlineData("var n = new List<int>(); return x.Linear([|n[0]|]);", "the index 0 into 0 elements; add elements first")]
    [InlineData("int[] n = [1]; return x.Linear([|n[1..3]|].Length);", "the range 1..3 of 1 elements")]
    [InlineData("int[,] n = [|new int[2, 2]|]; return x;", "")]
    [InlineData("var n = [|new Dictionary<int, int>()|]; return x;", "'new Dictionary'; use tensors, constants, tuples, arrays and List")]
    [InlineData("var n = new List<int> { 1 }; [|n.Sort()|]; return x;", "a call of 'List.Sort'")]
    [InlineData("[|Sizes[0]|] = 3; return x;", "an array or list that belongs to a field")]
    [InlineData("int[] n = [|new int[x.Shape[0] - 9]|]; return x;", "an array of -1 elements")]
    [InlineData("return x.Linear(8, name: $\"[|{1:00}|]\");", "an alignment or format")]
    [InlineData("return x.Linear(8, name: [|$\"{x}\"|]);", "a text made of more than constants")]
    [InlineData("var all = new List<Tensor>(); return Tensor.Scan(x.Reshape(2, 4), Tensor.Zeros(4), (a, b) => { [|all.Add(a)|]; return a + b; });", "belongs to the method around the cell")]
    [InlineData("return x * [|Held|];", "a field that holds a tensor")]
    [InlineData("List<Tensor>? all = null; [|all|]!.Add(x); return x;", "null in place of an array or list")]
    public Task What_collections_can_not_be(string body, string words) => Forward(body).Reports("DLG0120", words);

    [Theory]
    [InlineData("var all = new List<Tensor> { x }; for (int i = 0; i < 60; i++) [|all.AddRange(all)|]; return x;", "1,000,000 elements")]
    [InlineData("int[] all = [|new int[2000000000]|]; return x;", "1,000,000 elements")]
    [InlineData("int[] all = [1]; for (int i = 0; i < 60; i++) all = [.. all, [|.. all|]]; return x;", "1,000,000 elements")]
    [InlineData("string s = \"a\"; for (int i = 0; i < 60; i++) s = [|s + s|]; return x;", "1,000 characters")]
    public Task Growth_is_bounded(string body, string words) => Forward(body).Reports("DLG0121", words);

    [Fact]
    public Task Cells_make_lists_of_their_own_and_read_those_around_them() => Forward("""
        Tensor[] both = [x.Exp(), x.Sin()];
        return Tensor.Scan(x.Reshape(1, 8), Tensor.Zeros(8), (state, step) =>
        {
            List<Tensor> own = [state, .. both];
            own.Add(step);
            Tensor sum = 0;
            foreach (var part in own) sum += part;
            foreach (var part in both) sum += part;
            return sum;
        }).Flatten().Linear(2);
        """).ReportsNothing();

    private static Model Forward(string body) => Model.Source($$"""
        using System;
        using System.Collections.Generic;
        [Model]
        public partial class Net
        {
            private static readonly int[] Sizes = [5, 7];
            private static readonly Tensor Held = Tensor.Zeros(8);
            private static Tensor Forward([Input(8)] Tensor x)
            {
                {{body}}
            }
        }
        """);
}
