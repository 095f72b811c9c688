using System.Numerics;

namespace DlGen.Tests;

/// <summary>The same rule at every width gives the same bits, so a model trains alike on every machine.</summary>
public sealed class UpdatePassTests
{
    [Fact]
    public void All_widths_give_the_same_bits()
    {
        Compare<float>();
        Compare<double>();
    }

    [Fact]
    public void A_pass_touches_nothing_behind_its_range()
    {
        float[] p = Numbers<float>(40, 1), g = Numbers<float>(40, 2), m = Numbers<float>(40, 3), v = Numbers<float>(40, 4), w = Numbers<float>(40, 5);
        float[] behind = [.. p[27..], .. m[27..], .. v[27..], .. w[27..]];
        var pass = new UpdatePass<float>(p.AsSpan(0, 27), g.AsSpan(0, 27), m.AsSpan(0, 27), v.AsSpan(0, 27), w.AsSpan(0, 27));
        Assert.Equal(16, pass.Run<EveryOperation<float, Lanes512<float>>, Lanes512<float>>(default, 0));
        Assert.Equal(27, pass.Run<EveryOperation<float, LanesSingle<float>>, LanesSingle<float>>(default, 16));
        float[] after = [.. p[27..], .. m[27..], .. v[27..], .. w[27..]];
        Assert.Equal(behind, after);
        Assert.NotEqual(Numbers<float>(40, 1)[..27], p[..27]);
    }

    private static void Compare<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] expected = Run<T, LanesSingle<T>>();
        Assert.Equal(expected, Run<T, Lanes128<T>>());
        Assert.Equal(expected, Run<T, Lanes256<T>>());
        Assert.Equal(expected, Run<T, Lanes512<T>>());
        Assert.Contains(expected, T.IsNaN);
        Assert.Contains(expected, value => value == T.Zero);
    }

    private static T[] Run<T, TLanes>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        const int length = 128;
        T[] p = Numbers<T>(length, 1), g = Numbers<T>(length, 2), m = Numbers<T>(length, 3), v = [.. Numbers<T>(length, 4).Select(T.Abs)], w = Numbers<T>(length, 5);
        v[5] = T.Zero;
        v[6] = T.NaN;
        m[7] = w[9] = p[10] = T.NaN;
        w[11] = p[12] = T.Zero;
        v[8] = T.CreateTruncating(1e-9);
        Assert.Equal(length, new UpdatePass<T>(p, g, m, v, w).Run<PenalisedRule<T, EveryOperation<T, TLanes>, TLanes>, TLanes>(new(default, TLanes.Of(0.25)), 0));
        return [.. p, .. m, .. v, .. w];
    }

    private static T[] Numbers<T>(int count, int salt)
        where T : IBinaryFloatingPointIeee754<T> => [.. Enumerable.Range(0, count).Select(i => T.CreateTruncating(Math.Sin(i * 1.7 + salt)))];

    private readonly struct EveryOperation<T, TLanes> : IUpdateRule<TLanes>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        public static int Moments => 3;

        public void Apply(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        {
            TLanes tenth = TLanes.Of(0.1);
            first = TLanes.FlushBelow(first * tenth - gradient, tenth);
            second = TLanes.RaiseTo(second, tenth);
            third = TLanes.Sign(third) + TLanes.FlushNegative(third);
            parameter = parameter - first / (TLanes.Sqrt(second) + tenth);
        }
    }
}
