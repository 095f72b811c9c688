using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>DLG012x: what Forward can't contain, the bounds of reading, and symbolic methods at run time.</summary>
public class ForwardDiagnosticTests
{
    [Theory]
    [InlineData("(Tensor, Tensor) pair = (x, x); [|pair.Item1|] = x.Exp(); return pair.Item2;", "anything but a local variable")]
    [InlineData("[|try { x = x.Exp(); } finally { }|] return x;", "leave it out")]
    [InlineData("if (x.Shape[0] == 9) return x; [|throw new System.Exception();|]", "leave it out")]
    [InlineData("return x.Linear([|size|]);", "'size', whose value is known only at run time; make it const, or static readonly with an initializer")]
    [InlineData("return x.Linear([|Size|]);", "'Size', whose value is known only at run time")]
    [InlineData("return x.Linear([|System.Environment.GetCommandLineArgs()|].Length);", "a call of 'Environment.GetCommandLineArgs'")]
    [InlineData("[|size|] = 3; return x;", "anything but a local variable")]
    [InlineData("return x.Linear([|4 / (x.Shape[0] - 8)|]);", "a division by zero")]
    [InlineData("int[] widths = [1, 2]; return x.Linear([|widths[2]|]);", "stay within 0 to 1")]
    [InlineData("Change([|ref x|]); return x;", "a ref or out argument")]
    [InlineData("ref Tensor [|y = ref x|]; return y;", "a ref local")]
    [InlineData("Tensor y = null!; return [|y|].Exp();", "null")]
    [InlineData("ulong n = 3; return x.Linear([|(int)n|]);", "UInt64")]
    [InlineData("decimal n = 3; return x.Linear([|(int)n|]);", "Decimal")]
    public Task Unread_code_is_named_where_it_stands(string body, string words)
        => Model.Forward(body, members: """
            private static int size = 3;
            private static int Size { get; } = 3;
            private static void Change(ref Tensor x) { x = x.Exp(); }
            """).Reports("DLG0120", words);

    [Fact]
    public Task Methods_of_other_libraries()
        => Model.Forward("return x.Linear([|System.Linq.Enumerable.Count(new int[] { 1, 2 })|]);").Reports("DLG0120", "'Enumerable.Count'");

    [Fact]
    public Task The_problem_of_a_helper_is_reported_in_the_helper()
        => Model.Forward("return Twice(x);", members: "private static Tensor Twice(Tensor x) => x.Linear([|Size|]); private static int Size => 3;").Reports("DLG0120");

    [Fact]
    public Task An_endless_loop() => Model.Forward("[|for (int i = 0; ; i++)|] { x = x.Exp(); }").Reports("DLG0121", "10,000 loop turns");

    [Fact]
    public Task A_loop_that_does_nothing_is_bounded_too() => Model.Forward("[|for (int i = 0; i < 2000000000; i++)|] { } return x;").Reports("DLG0121");

    [Fact]
    public Task Endless_recursion()
        => Model.Forward("return Again(x);", members: "private static Tensor Again(Tensor x) => [|Again(x.Exp())|];").Reports("DLG0121", "more than 64 deep");

    [Fact]
    public Task Doubling_recursion_ends_by_the_number_of_calls()
        => Model.Forward("return Twice(x, 40);", members: "private static Tensor Twice(Tensor x, int n) => n == 0 ? x : [|Twice(x, n - 1)|] + Twice(x, n - 1);").Reports("DLG0121", "10,000");

    [Fact]
    public Task Too_many_operations()
        => Model.Forward("for (int i = 0; i < 9000; i++) x = [|x.Exp().Sin() + i|]; return x;").Reports("DLG0121", "20,000 operations");

    [Fact]
    public Task An_expression_of_any_depth_does_not_overflow_the_stack()
        => Model.Source($"[Model] public partial class Net {{ private static Tensor Forward([Input(8)] Tensor x) => x{string.Concat(Enumerable.Repeat(" + x", 3000))}; }}").ReportsNothing();

    [Fact]
    public Task Forward_at_run_time() => Model.Forward("return x;", members: """
        public static void Run(Tensor? none = null) { }
        public object Use() { System.Func<Tensor, Tensor> f = [|Forward|]; return [|Forward(null!)|]; }
        """).Reports("DLG0122", "'Forward' is read by the generator");

    [Fact]
    public Task Helpers_at_run_time_from_another_class() => Model.Source("""
        [Model] public partial class Net
        {
            private static Tensor Forward([Input(8)] Tensor x) => Twice(x);
            internal static Tensor Twice(Tensor x) => x + x;
        }
        public class Other { public object Use(object x) => [|Net.Twice((Tensor)x)|]; public string Name => nameof(Net.Twice); }
        """).Reports("DLG0122");
}
