using DlGen.Compiled;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

public sealed class CheckTests
{
    [Fact]
    public void Rows_are_whole_and_at_least_one()
    {
        Assert.Equal(2, Check.Rows("inputs", 128, 64));
        Assert.Equal(
            "inputs has 130 values, which is not a multiple of the 64 values of one row.",
            Assert.Throws<BatchShapeException>(() => Check.Rows("inputs", 130, 64)).Message);
        Assert.Contains("inputs is empty", Assert.Throws<BatchShapeException>(() => Check.Rows("inputs", 0, 64)).Message);
    }

    [Fact]
    public void Lengths_fit_the_rows()
    {
        Check.Length("targets", 6, 3, 2);
        Assert.Equal("targets has 5 values, but 3 rows of 2 need 6.", Assert.Throws<BatchShapeException>(() => Check.Length("targets", 5, 3, 2)).Message);
        Assert.Contains("need 4000000000", Assert.Throws<BatchShapeException>(() => Check.Length("targets", 5, 2_000_000_000, 2)).Message);
    }

    [Fact]
    public void Labels_are_classes()
    {
        Check.Labels("targets", [0, 9, 5], 10);
        Assert.Equal("targets[1] is 10; a label of 10 classes is from 0 to 9.", Assert.Throws<TargetRangeException>(() => Check.Labels("targets", [0, 10], 10)).Message);
        Assert.Contains("targets[0] is -1", Assert.Throws<TargetRangeException>(() => Check.Labels("targets", [-1], 10)).Message);
    }

    [Fact]
    public void Ids_are_of_the_vocabulary()
    {
        Check.Tokens("tokens", [0, 9, 5], 3, 10);
        Assert.Equal("tokens holds the id 10 in row 1 at position 2; a vocabulary of 10 has the ids 0 to 9.", Assert.Throws<TokenRangeException>(() => Check.Tokens("tokens", [0, 1, 2, 3, 4, 10], 3, 10)).Message);
        Assert.Contains("the id -1 in row 0 at position 0", Assert.Throws<TokenRangeException>(() => Check.Tokens("tokens", [-1], 1, 1)).Message);
    }

    [Fact]
    public void Lengths_are_within_the_sequence()
    {
        Check.Lengths("lengths", [0, 5, 3], 5);
        Assert.Equal("lengths holds the length 6 in row 1; the sequences have 5 steps, so lengths go from 0 to 5.", Assert.Throws<TokenRangeException>(() => Check.Lengths("lengths", [5, 6], 5)).Message);
        Assert.Contains("the length -1 in row 0", Assert.Throws<TokenRangeException>(() => Check.Lengths("lengths", [-1], 5)).Message);
    }

    [Fact]
    public void AllFinite_finds_one_bad_value_anywhere()
    {
        foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            for (int length = 1; length < 70; length++)
            {
                var values = new float[length];
                values.AsSpan().Fill(float.MaxValue);
                Assert.True(Check.AllFinite<float>(values));
                values[length / 2] = bad;
                Assert.False(Check.AllFinite<float>(values));
                Assert.False(Check.AllFinite<double>([.. values.Select(value => (double)value)]));
            }
        }

        Assert.True(Check.AllFinite<float>([]));
    }

    [Fact]
    public void A_bad_loss_is_traced_to_the_inputs_then_the_parameters_then_the_layer()
    {
        ModelCore<float> core = Create<float>(Linear());
        NonFiniteLossException error = Assert.Throws<NonFiniteLossException>(() => Check.Finite<float>(double.NaN, "image", (float[])[1, 2, 3, float.NaN, 5, 6], 2));
        Assert.Contains("image holds NaN in row 1 at position 1. Nothing was updated", error.Message);
        Assert.Null(error.Layer);
        Assert.True(double.IsNaN(error.Loss));

        error = Check.NonFinite(double.PositiveInfinity, core, "linear_1");
        Assert.Contains("linear_1 was the first layer whose output was not finite", error.Message);
        Assert.Equal("linear_1", error.Layer);
        Assert.Contains("inputs and parameters are finite", Check.NonFinite(double.NaN, core, null).Message);
        Assert.Contains("what the layers give is finite, the loss of it is not", Check.NonFinite(double.PositiveInfinity, core, "loss").Message);

        core.Parameters["linear_1.weight"][2] = double.PositiveInfinity;
        Assert.Contains("the parameter linear_1.weight holds", Check.NonFinite(double.NaN, core, "linear_1").Message);
    }

    [Fact]
    public void Outputs_fit_an_array_and_lie_apart_from_inputs()
    {
        Assert.Equal(640, Check.OutputLength(10, 64));
        Assert.Contains("5120000000 values", Assert.Throws<BatchShapeException>(() => Check.OutputLength(80_000_000, 64)).Message);
        float[] memory = new float[8];
        Check.Apart<float>("x", memory.AsSpan(0, 4), "destination", memory.AsSpan(4));
        Assert.Contains("scores overlaps x", Assert.Throws<ArgumentException>(() => Check.Apart<float>("x", memory.AsSpan(0, 5), "scores", memory.AsSpan(4))).Message);
    }
}
