using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen;

/// <summary>A vector of 128 bits.</summary>
internal readonly struct Lanes128<T>(Vector128<T> value) : ILanes<Lanes128<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector128<T> value = value;

    public static int Count => Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Of(double value) => new(Vector128.Create(T.CreateTruncating(value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Load(ref T source) => new(Vector128.LoadUnsafe(ref source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Sqrt(Lanes128<T> value) => new(Vector128.Sqrt(value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> FlushBelow(Lanes128<T> value, Lanes128<T> bound) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(Vector128.Abs(value.value), bound.value), Vector128<T>.Zero, value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> RaiseTo(Lanes128<T> value, Lanes128<T> bound) =>
        new(Vector128.ConditionalSelect(Vector128.Equals(value.value, Vector128<T>.Zero), Vector128<T>.Zero, Vector128.MaxNative(bound.value, value.value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> FlushNegative(Lanes128<T> value) =>
        new(Vector128.AndNot(value.value, Vector128.LessThan(value.value, Vector128<T>.Zero)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Sign(Lanes128<T> value) => new(Vector128.ConditionalSelect(
        Vector128.GreaterThan(value.value, Vector128<T>.Zero),
        Vector128<T>.One,
        Vector128.ConditionalSelect(Vector128.LessThan(value.value, Vector128<T>.Zero), -Vector128<T>.One, value.value)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator +(Lanes128<T> left, Lanes128<T> right) => new(left.value + right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> left, Lanes128<T> right) => new(left.value - right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator *(Lanes128<T> left, Lanes128<T> right) => new(left.value * right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator /(Lanes128<T> left, Lanes128<T> right) => new(left.value / right.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T destination) => value.StoreUnsafe(ref destination);
}
