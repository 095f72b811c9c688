using DlGen.Compiled;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

public sealed class ParameterLayoutTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(0, 1)]
    [InlineData(1, 32)]
    [InlineData(0, 7)]
    public void Element_lies_where_the_contract_says(int axis, int width)
    {
        const int rows = 7, columns = 5;
        ParameterDefinition definition = Panel("w", [rows, columns], 0, axis, width);
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                (int a, int b, int extentB) = axis == 0 ? (row, column, columns) : (column, row, rows);
                Assert.Equal(a / width * extentB * width + b * width + a % width, definition.HomeIndex(row * columns + column));
            }
        }

        int cut = axis == 0 ? rows : columns, other = axis == 0 ? columns : rows;
        Assert.Equal((cut + width - 1) / width * width * other, definition.HomeLength());
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 4)]
    [InlineData(0, 32)]
    [InlineData(1, 3)]
    [InlineData(0, 0)]
    public void Values_survive_the_way_in_and_out(int axis, int width)
    {
        ModelCore<float> core = Create<float>(Panel("w", [6, 9], 3, axis, width));
        core.Parameters["w"].CopyFrom(Counting(54));
        Assert.Equal(Counting(54), ValuesOf(core.Parameters["w"]));
        for (int i = 0; i < 54; i++)
        {
            Assert.Equal(1 + i, core.Values[3 + core.Definition.Parameters[0].HomeIndex(i)]);
            Assert.Equal(1 + i, core.Parameters["w"][i]);
        }

        Assert.All(PaddingOf(core), at => Assert.Equal(0, core.Values[at]));
    }

    [Fact]
    public void Gradients_come_out_in_PyTorch_order()
    {
        ModelCore<double> core = Create<double>(Panel("w", [3, 5], 0, axis: 0, width: 4));
        SetGradients(core, at => at + 0.25);
        var gradient = new double[15];
        core.Parameters["w"].CopyGradientTo(gradient);
        for (int i = 0; i < 15; i++)
            Assert.Equal(core.Definition.Parameters[0].HomeIndex(i) + 0.25, gradient[i]);

        var rounded = new float[15];
        core.Parameters["w"].CopyGradientTo(rounded);
        Assert.Equal(gradient, rounded.Select(value => (double)value));
    }

    [Fact]
    public void One_element_can_be_written()
    {
        ModelCore<float> core = Create<float>(Linear());
        long version = core.Parameters.Version;
        core.Parameters["linear_1.weight"][7] = 42;
        Assert.Equal(42, ValuesOf(core.Parameters["linear_1.weight"])[7]);
        Assert.Equal(version + 1, core.Parameters.Version);
        Assert.Throws<ArgumentOutOfRangeException>(() => core.Parameters["linear_1.weight"][15]);
        Assert.Throws<ArgumentOutOfRangeException>(() => core.Parameters["linear_1.weight"][-1] = 1);
    }

    [Fact]
    public void Wrong_lengths_are_refused_and_change_nothing()
    {
        ModelCore<float> core = Create<float>(Linear());
        Parameter weight = core.Parameters["linear_1.weight"];
        double[] before = ValuesOf(weight);
        long version = core.Parameters.Version;
        var error = Assert.Throws<ArgumentException>(() => weight.CopyFrom(new float[14]));
        Assert.Contains("linear_1.weight (3, 5) has 15 elements, but 14 were given", error.Message);
        Assert.Throws<ArgumentException>(() => weight.CopyTo(new double[16]));
        Assert.Throws<ArgumentException>(() => weight.CopyGradientTo(new float[16]));
        Assert.Equal(before, ValuesOf(weight));
        Assert.Equal(version, core.Parameters.Version);
    }

    [Fact]
    public void Overlapping_definitions_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Create<float>(Row("a", [4], 0), Row("b", [4], 3)));
        Assert.Throws<ArgumentException>(() => Create<float>(Row("a", [4], 0), Row("a", [4], 4)));
        Assert.Throws<ArgumentException>(() => new ParameterStorage<float>([Panel("a", [4], 0, 0, 4)], 16));
        Assert.Throws<ArgumentException>(() => new ParameterStorage<float>([Row("a", [4], 0)], 3));
    }
}
