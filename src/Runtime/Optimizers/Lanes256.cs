using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen;

/// <summary>A vector of 256 bits.</summary>
internal readonly struct Lanes256<T>(Vector256<T> value) : ILanes<Lanes256<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector256<T> value = value;

    public static int Count => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Of(double value) => new(Vector256.Create(T.CreateTruncating(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(ref T source) => new(Vector256.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Sqrt(Lanes256<T> value) => new(Vector256.Sqrt(value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> FlushBelow(Lanes256<T> value, Lanes256<T> bound) =>
        new(Vector256.ConditionalSelect(Vector256.LessThan(Vector256.Abs(value.value), bound.value), Vector256<T>.Zero, value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> RaiseTo(Lanes256<T> value, Lanes256<T> bound) =>
        new(Vector256.ConditionalSelect(Vector256.Equals(value.value, Vector256<T>.Zero), Vector256<T>.Zero, Vector256.MaxNative(bound.value, value.value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> FlushNegative(Lanes256<T> value) =>
        new(Vector256.AndNot(value.value, Vector256.LessThan(value.value, Vector256<T>.Zero)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Sign(Lanes256<T> value) => new(Vector256.ConditionalSelect(
        Vector256.GreaterThan(value.value, Vector256<T>.Zero),
        Vector256<T>.One,
        Vector256.ConditionalSelect(Vector256.LessThan(value.value, Vector256<T>.Zero), -Vector256<T>.One, value.value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator +(Lanes256<T> left, Lanes256<T> right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> left, Lanes256<T> right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator *(Lanes256<T> left, Lanes256<T> right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator /(Lanes256<T> left, Lanes256<T> right) => new(left.value / right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T destination) => value.StoreUnsafe(ref destination);
}
