using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen;

/// <summary>A vector of 512 bits.</summary>
internal readonly struct Lanes512<T>(Vector512<T> value) : ILanes<Lanes512<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector512<T> value = value;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Of(double value) => new(Vector512.Create(T.CreateTruncating(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(ref T source) => new(Vector512.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Sqrt(Lanes512<T> value) => new(Vector512.Sqrt(value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> FlushBelow(Lanes512<T> value, Lanes512<T> bound) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(Vector512.Abs(value.value), bound.value), Vector512<T>.Zero, value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> RaiseTo(Lanes512<T> value, Lanes512<T> bound) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(value.value, Vector512<T>.Zero), Vector512<T>.Zero, Vector512.MaxNative(bound.value, value.value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> FlushNegative(Lanes512<T> value) =>
        new(Vector512.AndNot(value.value, Vector512.LessThan(value.value, Vector512<T>.Zero)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Sign(Lanes512<T> value) => new(Vector512.ConditionalSelect(
        Vector512.GreaterThan(value.value, Vector512<T>.Zero),
        Vector512<T>.One,
        Vector512.ConditionalSelect(Vector512.LessThan(value.value, Vector512<T>.Zero), -Vector512<T>.One, value.value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> left, Lanes512<T> right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> left, Lanes512<T> right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> left, Lanes512<T> right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator /(Lanes512<T> left, Lanes512<T> right) => new(left.value / right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T destination) => value.StoreUnsafe(ref destination);
}
