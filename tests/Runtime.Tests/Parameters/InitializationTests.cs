using DlGen.Compiled;
using DlGen.Numerics;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

public sealed class InitializationTests
{
    [Theory]
    [InlineData(InitializerKind.Zeros, 3, 0)]
    [InlineData(InitializerKind.Ones, 3, 1)]
    [InlineData(InitializerKind.Constant, 3, 3)]
    public void Constant_kinds_fill_every_element_and_no_padding(InitializerKind kind, double scale, double expected)
    {
        ModelCore<float> core = Create<float>(Panel("w", [3, 5], 0, 0, 4, new(kind, scale)));
        Assert.All(ValuesOf(core.Parameters["w"]), value => Assert.Equal(expected, value));
        Assert.All(PaddingOf(core), at => Assert.Equal(0, core.Values[at]));
    }

    [Fact]
    public void Uniform_has_its_bounds_mean_and_variance()
    {
        double[] values = Draw<float>(InitializerKind.Uniform, 0.25);
        Assert.All(values, value => Assert.InRange(value, -0.25, 0.25));
        Assert.InRange(values.Average(), -0.005, 0.005);
        Assert.InRange(values.Average(value => value * value), 0.0625 / 3 * 0.97, 0.0625 / 3 * 1.03);
    }

    [Fact]
    public void Normal_has_its_mean_variance_and_tails()
    {
        double[] values = Draw<double>(InitializerKind.Normal, 2);
        Assert.InRange(values.Average(), -0.08, 0.08);
        Assert.InRange(values.Average(value => value * value), 4 * 0.95, 4 * 1.05);
        Assert.InRange(values.Count(value => Math.Abs(value) > 4) / (double)values.Length, 0.035, 0.056);
    }

    [Theory]
    [InlineData(5, 7)]
    [InlineData(7, 5)]
    [InlineData(33, 33)]
    [InlineData(1, 4)]
    public void Orthogonal_rows_or_columns_are_orthonormal_times_the_scale(int rows, int columns)
    {
        double[] matrix = ValuesOf(Create<double>(Row("w", [rows, columns], 0, new(InitializerKind.Orthogonal, 1.5))).Parameters["w"]);
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        double At(int vector, int element) => rows <= columns ? matrix[(vector * columns) + element] : matrix[(element * columns) + vector];
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
                Assert.Equal(i == j ? 2.25 : 0, Enumerable.Range(0, length).Sum(e => At(i, e) * At(j, e)), 1e-13);
        }

        // Neither axis-aligned nor of one sign: random directions.
        Assert.All(matrix, value => Assert.InRange(Math.Abs(value), 1e-9, 1.5));
        Assert.Contains(matrix, value => value < 0);
    }

    [Fact]
    public void Orthogonal_matrices_have_the_same_bits_everywhere()
    {
        double[] matrix = ValuesOf(Create<double>(seed: 3, Row("w", [20, 11], 0, new(InitializerKind.Orthogonal, 1))).Parameters["w"]);
        Assert.Equal((13809876181138136605UL, 13822063869624317635UL), (BitConverter.DoubleToUInt64Bits(matrix[0]), BitConverter.DoubleToUInt64Bits(matrix[219])));
    }

    [Fact]
    public void Layout_does_not_change_a_bit()
    {
        double[] rows = ValuesOf(Create<float>(seed: 5, Row("w", [6, 9], 0)).Parameters["w"]);
        Assert.Equal(rows, ValuesOf(Create<float>(seed: 5, Panel("w", [6, 9], 16, 0, 4)).Parameters["w"]));
        Assert.Equal(rows, ValuesOf(Create<float>(seed: 5, Panel("w", [6, 9], 0, 1, 32)).Parameters["w"]));
    }

    [Fact]
    public void Numbers_are_Philoxs_keyed_by_seed_and_index_at_the_last_step()
    {
        var expected = new float[100];
        Philox.Uniform(expected, 0, Philox.Key(7, 1), ulong.MaxValue);
        ModelCore<float> core = Create<float>(seed: 7, Row("a", [3], 0), Row("b", [10, 10], 16, new(InitializerKind.Uniform, 2)));
        Assert.Equal(expected.Select(u => (2 * u - 1) * 2.0), ValuesOf(core.Parameters["b"]));
    }

    [Fact]
    public void Seed_and_parameter_decide_the_numbers()
    {
        ParameterDefinition[] two = [Row("a", [50], 0), Row("b", [50], 64)];
        ModelCore<float> first = Create<float>(seed: 1, two), again = Create<float>(seed: 1, two), other = Create<float>(seed: 2, two);
        Assert.Equal(ValuesOf(first.Parameters["a"]), ValuesOf(again.Parameters["a"]));
        Assert.NotEqual(ValuesOf(first.Parameters["a"]), ValuesOf(other.Parameters["a"]));
        Assert.NotEqual(ValuesOf(first.Parameters["a"]), ValuesOf(first.Parameters["b"]));
    }

    private static double[] Draw<T>(InitializerKind kind, double scale)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
        ValuesOf(Create<T>(Row("w", [200, 100], 0, new(kind, scale))).Parameters["w"]);
}
