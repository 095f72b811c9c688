using DlGen.Ops;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Local functions, lambdas and methods as values, and methods of other classes: they read as what they stand for, and name scopes as methods do.</summary>
public class FunctionTests
{
    [Theory]
    [InlineData("return Twice(x); Tensor Twice(Tensor y) => y.Linear(3).Linear(5);", "twice_1.")]
    [InlineData("int width = 3; x = Next(x); width = 5; return Next(x); Tensor Next(Tensor y) => y.Linear(width);", "next_1.,next_2.")]
    [InlineData("int width = 1; x = Next(x); return Next(x); Tensor Next(Tensor y) { width += 2; return y.Linear(width); }", "next_1.,next_2.")]
    [InlineData("return Down(x, 2); static Tensor Down(Tensor y, int n) { int width = 7 - 2 * n; return n == 0 ? y : Down(y.Linear(width), n - 1); }", "down_1.,down_1.down_1.")]
    [InlineData("System.Func<Tensor, int, Tensor> next = (y, n) => y.Linear(n); return next(next(x, 3), 5);", "")]
    [InlineData("var next = (Tensor y, int n = 3) => y.Linear(n); return next(next(x), 5);", "")]
    [InlineData("System.Func<Tensor, Tensor> next = Wide; return next.Invoke(x);", "wide_1.")]
    [InlineData("return Apply(Wide, x); static Tensor Apply(System.Func<Tensor, Tensor> f, Tensor y) => f(y);", "apply_1.wide_1.")]
    [InlineData("return Repeat(x, (y, n) => y.Linear(n));", "repeat_1.")]
    [InlineData("int width = 3; x = Through(x, y => y.Linear(width)); width = 5; return Through(x, y => y.Linear(width));", "through_1.,through_2.")]
    [InlineData("int n = 1; System.Func<int> next = () => n += 2; return x.Linear(next()).Linear(next());", "")]
    [InlineData("Layer next = delegate(Tensor y, int n) { return y.Linear(n); }; x = next(x, 3); return next(x, 5);", "")]
    [InlineData("System.Func<Tensor, int, Tensor>? down = null; down = (y, n) => n == 7 ? y : down!(y.Linear(n), n + 2); return down(x, 3);", "")]
    [InlineData("System.Action grow = () => x = x.Linear(3); grow(); return x.Linear(5);", "")]
    [InlineData("System.Func<int, System.Func<Tensor, Tensor>> layer = n => y => y.Linear(n); return layer(5)(layer(3)(x));", "")]
    [InlineData("System.Func<Tensor, Tensor>[] layers = [y => y.Linear(3), y => y.Linear(5)]; foreach (var layer in layers) x = layer(x); return x;", "")]
    [InlineData("return Elsewhere.Twice(x);", "twice_1.")]
    [InlineData("return x.Stage(3).Stage(5);", "stage_1.,stage_2.")]
    [InlineData("return Generic(x.Linear(3), y => y.Linear(5)); static T Generic<T>(T y, System.Func<T, T> f) => f(y);", ",generic_1.")]
    [InlineData("return Elsewhere.Static(x);", "static_1.")]
    public void Functions_read_as_what_they_stand_for(string body, string prefixes)
    {
        string[] scopes = prefixes.Split(',');
        var read = Source(body).Training;
        Assert.Equal(Model.Forward("return x.Linear(3).Linear(5);").Training.Nodes.Select(Unnamed), read.Nodes.Select(Unnamed));
        string second = scopes.Length > 1 ? scopes[1] + "linear_1" : scopes[0] + "linear_2";
        Assert.Equal([$"{scopes[0]}linear_1.weight", $"{scopes[0]}linear_1.bias", $"{second}.weight", $"{second}.bias"], read.ParameterPaths());
    }

    /// <summary>As in C#: a variable of a loop's body is another one in each turn, the loop's own is one.</summary>
    [Fact]
    public void Lambdas_share_the_variables_around_them()
    {
        var paths = Source("""
            var layers = new System.Collections.Generic.List<System.Func<Tensor, Tensor>>();
            for (int i = 0; i < 2; i++) { int own = i; layers.Add(y => y.Linear(10 * i + own, name: $"a{own}")); }
            foreach (int each in (int[])[7, 8]) layers.Add(y => y.Linear(each, name: "b" + each));
            foreach (var layer in layers) x = layer(x);
            return x;
            """).Training.Nodes.Select(n => n.Op).OfType<ParameterOp>().Where(p => p.Extents.Rank == 2).Select(p => (p.Path, p.Extents[0]));
        Assert.Equal([("a0.weight", 20), ("a1.weight", 21), ("b7.weight", 7), ("b8.weight", 8)], paths);
    }

    [Fact]
    public void Local_functions_may_be_shared_and_frozen()
    {
        var graph = Source("return Encode(x) + Encode(x + 1); [Shared, Frozen] static Tensor Encode(Tensor y) => y.Linear(8);").Training;
        Assert.Equal(["encode.linear_1.weight", "encode.linear_1.bias"], graph.ParameterPaths());
        Assert.All(graph.Nodes.Select(n => n.Op).OfType<ParameterOp>(), p => Assert.True(p.Frozen));
    }

    [Fact]
    public Task Two_shared_functions_of_one_name() => Source("""
        return Encode(x) + Other(x);
        [Shared] static Tensor Encode(Tensor y) => y.Linear(8);
        static Tensor Other(Tensor y) { return [|Encode(y)|]; [Shared] static Tensor Encode(Tensor y) => y.Linear(8); }
        """).Reports("DLG0109", "The name \"encode\" is already taken");

    [Fact]
    public void A_cell_may_be_stored_or_local()
    {
        var direct = Model.Forward("return Tensor.Scan(x, Tensor.Zeros(3), (state, step) => (state + step).Tanh());", input: "7, 3").Training;
        Assert.Equal(direct, Model.Forward("System.Func<Tensor, Tensor, Tensor> cell = (state, step) => (state + step).Tanh(); return Tensor.Scan(x, Tensor.Zeros(3), cell);", input: "7, 3").Training);
        const string Cell = "static Tensor Cell(Tensor a, Tensor b) => (a + b).Tanh();";
        Assert.Equal(Model.Forward("return Tensor.Scan(x, Tensor.Zeros(3), Cell);", input: "7, 3", members: Cell).Training, Model.Forward("return Tensor.Scan(x, Tensor.Zeros(3), Cell); " + Cell, input: "7, 3").Training);
    }

    [Theory]
    [InlineData("System.Func<Tensor, Tensor, Tensor, Tensor> f = [|Tensor.Where|]; return f(x, x, x);", "'Where' as a delegate; write a lambda that calls it")]
    [InlineData("System.Func<double, double> f = [|System.Math.Sqrt|]; return x * f(2);", "'Sqrt' as a delegate")]
    [InlineData("System.Func<Tensor> f = [|x.Exp|]; return f();", "'Exp' as a delegate")]
    [InlineData("System.Func<Tensor, Tensor>? f = null; return [|f|]!(x);", "null in place of a function")]
    [InlineData("System.Linq.Expressions.Expression<System.Func<int>> f = [|() => 3|]; return x;", "an expression tree")]
    [InlineData("System.Func<Tensor, System.Threading.Tasks.Task<Tensor>> f = async y => { [|await System.Threading.Tasks.Task.Yield()|]; return y; }; f(x); return x;", "")]
    [InlineData("return Swap([|out x|]); static Tensor Swap(out Tensor y) { y = Tensor.Zeros(1); return y; }", "a ref or out argument")]
    [InlineData("foreach (var y in Parts(x)) x = y; return x; static System.Collections.Generic.IEnumerable<Tensor> Parts(Tensor y) { [|yield return y;|] }", "yield; fill a List")]
    public Task What_functions_can_not_be(string body, string words) => Source(body).Reports("DLG0120", words);

    [Theory]
    [InlineData("System.Func<Tensor, Tensor>? f = null; f = y => [|f!(y.Exp())|]; return f(x);")]
    [InlineData("return Again(x); static Tensor Again(Tensor y) => [|Again(y.Exp())|];")]
    public Task Endless_recursion(string body) => Source(body).Reports("DLG0121", "more than 64 deep");

    [Fact]
    public Task Functions_in_fields_are_read() => Model.Forward("return Layers[0](Activation(x));", members: """
        private static readonly System.Func<Tensor, Tensor> Activation = Twice;
        private static readonly System.Func<Tensor, Tensor>[] Layers = [y => Twice(y).Linear(3)];
        private static Tensor Twice(Tensor x) => x + x;
        """).ReportsNothing();

    [Fact]
    public Task Without_a_word() => Source("""
        var list = new System.Collections.Generic.List<Tensor>();
        Fill(list, y => y.Tanh());
        return Tensor.Concat([.. list]).Linear(2);
        void Fill(System.Collections.Generic.List<Tensor> to, System.Func<Tensor, Tensor> f) { if (to.Count > 0) return; to.Add(f(x)); }
        """).ReportsNothing();

    private static DlGen.Graphs.Node Unnamed(DlGen.Graphs.Node node) => node with { Layer = "", Op = node.Op is ParameterOp parameter ? parameter with { Path = "" } : node.Op };

    private static Model Source(string body) => Model.Source($$"""
        [Model]
        public partial class Net
        {
            private delegate Tensor Layer(Tensor x, int n);
            private static Tensor Forward([Input(8)] Tensor x)
            {
                {{body}}
            }
            private static Tensor Wide(Tensor x) => x.Linear(3).Linear(5);
            private static Tensor Repeat(Tensor x, System.Func<Tensor, int, Tensor> f) { foreach (int n in new[] { 3, 5 }) x = f(x, n); return x; }
            private static Tensor Through(Tensor x, System.Func<Tensor, Tensor> f) => f(x);
        }
        internal static class Elsewhere
        {
            internal static readonly System.Func<int, int> Widths = i => 3 + 2 * i;
            internal static Tensor Twice(Tensor x) => x.Linear(3).Linear(5);
            internal static Tensor Stage(this Tensor x, int width) => x.Linear(width);
            internal static Tensor Static(Tensor x) { for (int i = 0; i < 2; i++) x = x.Linear(Widths(i)); return x; }
        }
        """);
}
