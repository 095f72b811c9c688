using DlGen.Numerics;

namespace DlGen.Tests.Numerics;

public class RowSumTests
{
    /// <summary>Of every length around the borders of vectors of all widths: each sum once, and nothing beside them.</summary>
    [Fact]
    public void Every_element_is_added_once_and_nothing_behind_them()
    {
        for (int count = 0; count <= 70; count++)
        {
            float[] sums = [.. Enumerable.Range(0, count + 3).Select(i => i * 0.5f)], terms = [.. Enumerable.Range(0, count + 3).Select(i => 1f + i)];
            double[] doubleSums = [.. sums.Select(s => (double)s)], doubleTerms = [.. terms.Select(t => (double)t)];
            RowSum.Add(ref sums[0], ref terms[0], count);
            RowSum.Add(ref doubleSums[0], ref doubleTerms[0], count);
            for (int i = 0; i < sums.Length; i++)
            {
                float expected = (i * 0.5f) + (i < count ? 1f + i : 0);
                Assert.Equal(expected, sums[i]);
                Assert.Equal((double)expected, doubleSums[i]);
            }
        }
    }
}
