using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Split and ArgMax: what they give, as values that a method works with, and what they refuse.</summary>
public class SplitTests
{
    [Theory]
    [InlineData("var (a, b) = x.Split(2); return a + b;", "(4, 6)")]
    [InlineData("var (q, k, v) = x.Split(3, axis: -1); return q * k * v;", "(8, 2)")]
    [InlineData("(Tensor a, var b) = x.Split([3, 5]); return Tensor.Concat(b, a);", "(8, 6)")]
    [InlineData("var parts = x.Split(4); return parts[0] + parts[^1] * parts.Count;", "(2, 6)")]
    [InlineData("var sum = Tensor.Zeros(2, 6); foreach (var part in x.Split(4)) sum += part; return sum;", "(2, 6)")]
    [InlineData("return Tensor.Concat(x.Split(2), axis: 1);", "(4, 12)")]
    [InlineData("return Tensor.Stack([x[2..6], .. x.Split(axis: 0, sizes: [4, 4])]);", "(3, 4, 6)")]
    [InlineData("return Joined(x.Split(2, 1)); static Tensor Joined(TensorList parts) => parts[0].MatMul(parts[1].Transpose());", "(8, 8)")]
    [InlineData("return Tensor.Scan(x, Tensor.Zeros(3), (state, step) => { var (a, b) = step.Split(2); return state * a + b; });", "(8, 3)")]
    [InlineData("return x.ArgMax();", "()")]
    [InlineData("return x.ArgMax(-1);", "(8)")]
    [InlineData("return x.ArgMax(0, keep: true);", "(1, 6)")]
    [InlineData("return x.ArgMax(-1).OneHot(6) * x;", "(8, 6)")]
    public void Shapes(string body, string output) => Assert.Equal(output, Model.Forward(body, input: "8, 6").Output);

    [Theory]
    [InlineData("var (a, b) = x.[|Split(3)|]; return a;", "DLG0201", "Split(3) cuts axis 0 of (8) into equal parts, but 3 does not divide 8; state their extents, Split([…])")]
    [InlineData("return x.[|Split([3, 4])|][0];", "DLG0201", "Split cuts axis 0 of (8), but the extents of its parts add up to 7; state extents of at least 1 that add up to 8")]
    [InlineData("return x.[|Split([9, -1])|][0];", "DLG0201", "state extents of at least 1")]
    [InlineData("return x.[|Split(0)|][0];", "DLG0109", "Split: parts must be at least 1")]
    [InlineData("var [|(a, b)|] = x.Split(4); return a;", "DLG0201", "Split gives 4 parts, but 2 variables stand for them")]
    [InlineData("return Tensor.Zeros(4, 2).[|Gather(x.ArgMax())|];", "DLG0201", "looks up int ids, but was given numbers")]
    public Task What_they_refuse(string body, string id, string words) => Model.Forward(body).Reports(id, words);

    [Fact]
    public void Ids_are_split_as_they_are()
        => Assert.Equal("(4, 5)", Model.Source("""
            [Model]
            public partial class Net
            {
                private static Tensor Forward([Tokens(8, 9)] Tensor words)
                {
                    var (question, answer) = words.Split(2);
                    return question.Embedding(5) * answer.Embedding(5);
                }
            }
            """).Output);
}
