using DlGen.Numerics;

namespace DlGen.Tests.Numerics;

public class PhiloxTests
{
    private static readonly int[] Widths = [512, 256, 128, 0];

    /// <summary>kat_vectors of Random123 1.14, philox4x32 with 10 rounds.</summary>
    [Theory]
    [InlineData(0x0000000000000000, 0x0000000000000000, 0x0000000000000000, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(0xffffffffffffffff, 0xffffffffffffffff, 0xffffffffffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(0x0370734413198a2e, 0x299f31d0a4093822, 0x85a308d3243f6a88, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void BlockIsTheKnownAnswer(ulong block, ulong key, ulong step, uint word0, uint word1, uint word2, uint word3) =>
        Assert.Equal((word0, word1, word2, word3), Philox.Block(block, key, step));

    [Theory]
    [InlineData(0L, 256)]
    [InlineData(64L, 64)]
    [InlineData(1L, 1)]
    [InlineData(63L, 3)]
    [InlineData(17L, 500)]
    [InlineData(64L * 16 * 0x1_0000_0000 / 16 - 100, 300)]
    public void BitsAreThoseOfTheScalarFormAtEveryWidth(long firstElement, int count)
    {
        const ulong key = 0x123456789abcdef0, step = 0x3_0000_0007;
        foreach (int width in Widths)
        {
            float[] floats = new float[count], expectedFloats = new float[count];
            Philox.Uniform(floats, firstElement, key, step, width);
            Philox.Uniform(expectedFloats, firstElement, key, step, 0);
            Assert.Equal(expectedFloats, floats);
            Philox.Normal(floats, firstElement, key, step, width);
            Philox.Normal(expectedFloats, firstElement, key, step, 0);
            Assert.Equal(expectedFloats.Select(BitConverter.SingleToInt32Bits), floats.Select(BitConverter.SingleToInt32Bits));

            double[] doubles = new double[count], expectedDoubles = new double[count];
            Philox.Uniform(doubles, firstElement, key, step, width);
            Philox.Uniform(expectedDoubles, firstElement, key, step, 0);
            Assert.Equal(expectedDoubles, doubles);
            Philox.Normal(doubles, firstElement, key, step, width);
            Philox.Normal(expectedDoubles, firstElement, key, step, 0);
            Assert.Equal(expectedDoubles.Select(BitConverter.DoubleToInt64Bits), doubles.Select(BitConverter.DoubleToInt64Bits));
        }
    }

    [Fact]
    public void EachElementIsItsWordOfItsBlock()
    {
        const long firstElement = 1000;
        const ulong key = 42, step = 9;
        float[] floats = new float[200];
        double[] doubles = new double[200];
        Philox.Uniform(floats, firstElement, key, step);
        Philox.Uniform(doubles, firstElement, key, step);
        for (int i = 0; i < floats.Length; i++)
        {
            long element = firstElement + i, block = element / 64 * 16 + element % 16;
            int word = (int)(element % 64 / 16);
            uint bits = Word(Philox.Block((ulong)block, key, step), word);
            uint lowBits = Word(Philox.Block((ulong)block | 1UL << 63, key, step), word);
            Assert.Equal((bits >> 8) / 16777216.0, floats[i]);
            Assert.Equal((((ulong)bits << 21) | (lowBits >> 11)) / 9007199254740992.0, doubles[i]);
        }

        static uint Word((uint, uint, uint, uint) block, int word) => word switch { 0 => block.Item1, 1 => block.Item2, 2 => block.Item3, _ => block.Item4 };
    }

    [Fact]
    public void PiecesOfAFillAreTheFill()
    {
        float[] whole = new float[1000], pieces = new float[1000];
        Philox.Normal(whole, 5, 77, 3);
        for (int start = 0, length = 1; start < pieces.Length; start += length, length = length * 3 % 101 + 1)
            Philox.Normal(pieces.AsSpan(start, Math.Min(length, pieces.Length - start)), 5 + start, 77, 3);
        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void NormalIsBoxAndMullersTransform()
    {
        const ulong key = 11, step = 12;
        float[] floats = new float[64 * 50];
        double[] doubles = new double[64 * 50];
        Philox.Normal(floats, 0, key, step);
        Philox.Normal(doubles, 0, key, step);
        for (int group = 0; group < 50; group++)
            for (int lane = 0; lane < 16; lane++)
            {
                ulong block = (ulong)(group * 16 + lane);
                (uint first, uint second, _, _) = Philox.Block(block, key, step);
                (uint firstLow, uint secondLow, _, _) = Philox.Block(block | 1UL << 63, key, step);
                double radius = Math.Sqrt(-2 * Math.Log(((first >> 8) + 1) / 16777216.0)), angle = Math.Tau * second / 4294967296.0;
                Assert.Equal(radius * Math.Cos(angle), floats[group * 64 + lane], 2e-6);
                Assert.Equal(radius * Math.Sin(angle), floats[group * 64 + 16 + lane], 2e-6);
                radius = Math.Sqrt(-2 * Math.Log(((((ulong)first << 21) | (firstLow >> 11)) + 1) / 9007199254740992.0));
                angle = Math.Tau * ((((ulong)second << 21) | (secondLow >> 11)) / 9007199254740992.0);
                Assert.Equal(radius * Math.Cos(angle), doubles[group * 64 + lane], 1e-14);
                Assert.Equal(radius * Math.Sin(angle), doubles[group * 64 + 16 + lane], 1e-14);
            }
    }

    [Fact]
    public void NormalHasTheMomentsOfTheDistribution()
    {
        double[] values = new double[1 << 18];
        Philox.Normal(values, 0, Philox.Key(1, 2), 0);
        Assert.Equal(0, values.Average(), 0.01);
        Assert.Equal(1, values.Average(value => value * value), 0.015);
        Assert.Equal(3, values.Average(value => value * value * value * value), 0.15);
        Assert.Equal(0.3173, values.Count(value => Math.Abs(value) > 1) / (double)values.Length, 0.005);
    }

    [Fact]
    public void UniformFillsItsIntervalEvenly()
    {
        float[] values = new float[1 << 18];
        Philox.Uniform(values, 0, Philox.Key(1, 2), 0);
        Assert.All(values, value => Assert.InRange(value, 0, 0.99999997f));
        int[] counts = new int[64];
        foreach (float value in values) counts[(int)(value * 64)]++;
        double expected = values.Length / 64.0, chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(chiSquare, 30, 110);
    }

    [Fact]
    public void KeysOfNeighboursDiffer()
    {
        var keys = new HashSet<ulong>();
        for (long seed = -50; seed < 50; seed++)
            for (int node = 0; node < 100; node++) Assert.True(keys.Add(Philox.Key(seed, node)));
    }

    [Fact]
    public void ANegativeElementIsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Philox.Uniform(new float[4], -1, 0, 0));
}
