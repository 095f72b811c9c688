using System.Numerics;
using System.Runtime.CompilerServices;

namespace DlGen;

/// <summary>A single number: the tail behind the last full vector, and machines without vectors.</summary>
internal readonly struct LanesSingle<T>(T value) : ILanes<LanesSingle<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T value = value;

    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> Of(double value) => new(T.CreateTruncating(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> Load(ref T source) => new(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> Sqrt(LanesSingle<T> value) => new(T.Sqrt(value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> FlushBelow(LanesSingle<T> value, LanesSingle<T> bound) =>
        T.Abs(value.value) < bound.value ? default : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> RaiseTo(LanesSingle<T> value, LanesSingle<T> bound) =>
        value.value != T.Zero && value.value < bound.value ? bound : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> FlushNegative(LanesSingle<T> value) => value.value < T.Zero ? default : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> Sign(LanesSingle<T> value) => value.value > T.Zero ? new(T.One) : value.value < T.Zero ? new(-T.One) : value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> operator +(LanesSingle<T> left, LanesSingle<T> right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> operator -(LanesSingle<T> left, LanesSingle<T> right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> operator *(LanesSingle<T> left, LanesSingle<T> right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LanesSingle<T> operator /(LanesSingle<T> left, LanesSingle<T> right) => new(left.value / right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T destination) => destination = value;
}
