using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Casts from object and type parameters, which the compiler can't check: what would throw at run time is a diagnostic, never a fault of the reader.</summary>
public class CastTests
{
    [Theory]
    [InlineData("object o = x.Exp(); return (Tensor)o;", "(8)")]
    [InlineData("object o = 3; return x.Linear((int)o);", "(3)")]
    [InlineData("object o = new[] { 3, 4 }; return x.Linear(((int[])o)[1]);", "(4)")]
    [InlineData("object o = (3, x); var (n, y) = ((int, Tensor))o; return y.Linear(n);", "(3)")]
    [InlineData("Kind kind = (Kind)4; return x.Linear((int)kind + (int)Kind.Wide);", "(8)")]
    public void Casts_that_hold(string body, string output)
        => Assert.Equal(output, Model.Forward(body, members: "private enum Kind { Narrow, Wide = 4 }").Output);

    [Theory]
    [InlineData("object o = \"a\"; return [|(Tensor)o|];")]
    [InlineData("object o = \"a\"; return x.Linear([|(int)o|]);")]
    [InlineData("object o = x; return x.Linear([|(int)o|]);")]
    [InlineData("object o = new[] { x }; int[] n = [|(int[])o|]; return x.Linear(n[0]);")]
    [InlineData("object o = new[] { 1 }; return x * [|(Tensor)o|];")]
    [InlineData("object o = x; return Tensor.Zeros([|(int[])o|]);")]
    [InlineData("object o = (1, 2); Tensor y = [|(Tensor)o|]; return y.Exp();")]
    [InlineData("object o = 3; return ([|(System.Func<Tensor, Tensor>)o|])(x);")]
    [InlineData("return x.Linear([|As<int>(\"a\")|]); static T As<T>(object o) => (T)o;")]
    [InlineData("return [|x + As<Tensor>(\"a\")|]; static T As<T>(object o) => (T)o;")]
    [InlineData("return [|As<Tensor>(\"a\")|].Exp(); static T As<T>(object o) => (T)o;")]
    public Task Casts_that_fail(string body) => Model.Forward(body).Reports("DLG0120");

    /// <summary>Values of any depth, which only object allows.</summary>
    [Theory]
    [InlineData("object t = 1; for (int i = 0; i < 9000; i++) t = (t, 1); return [|(t, 1) == (t, 1)|] ? x : x.Exp();")]
    [InlineData("object t = 1; for (int i = 0; i < 9000; i++) t = (t, t); return Tensor.Scan(x.Reshape(2, 4), Tensor.Zeros(4), (a, b) => { object own = [|t|]; return a + b; });")]
    [InlineData("var l = new System.Collections.Generic.List<object>(); l.Add(l); return Tensor.Scan(x.Reshape(2, 4), Tensor.Zeros(4), (a, b) => { object own = [|l|]; return a + b; });")]
    public async Task Values_of_any_depth_are_bounded(string body)
    {
        var found = Assert.Single(await TestCompilation.AnalyzeGenerated(TestCompilation.Compile(Model.Forward(body).Text)));
        Assert.True(found.Id is "DLG0121" or "DLG0120", found.ToString());
    }
}
