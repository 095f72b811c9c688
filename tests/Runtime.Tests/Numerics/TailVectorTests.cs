using System.Runtime.Intrinsics;
using DlGen.Numerics;

namespace DlGen.Tests.Numerics;

public class TailVectorTests
{
    [Fact]
    public void FloatTailsReadWriteAndMaskTheirLanesOnly() => Check(index => index + 1f, -7f);

    [Fact]
    public void DoubleTailsReadWriteAndMaskTheirLanesOnly() => Check(index => index + 1.0, -7.0);

    private static void Check<T>(Func<int, T> element, T canary) where T : unmanaged
    {
        T[] source = [.. Enumerable.Range(0, 32).Select(element)];
        for (int count = 1; count <= Vector512<T>.Count; count++)
        {
            Vector512<T> wide = TailVector.Load512(ref source[3], count);
            Vector512<T> mask512 = TailVector.Mask512<T>(count), all = Vector512.Create<T>(source.AsSpan(3));
            Assert.Equal(all & mask512, wide);
            AssertLanes(count, lane => wide[lane], Vector512<T>.Count, source);
            AssertStored((ref T destination) => wide.Store(ref destination, count), count, source, canary);

            if (count > Vector256<T>.Count) continue;
            Vector256<T> middle = TailVector.Load256(ref source[3], count);
            Assert.Equal(all.GetLower() & TailVector.Mask256<T>(count), middle);
            AssertLanes(count, lane => middle[lane], Vector256<T>.Count, source);
            AssertStored((ref T destination) => middle.Store(ref destination, count), count, source, canary);

            if (count > Vector128<T>.Count) continue;
            Vector128<T> narrow = TailVector.Load128(ref source[3], count);
            Assert.Equal(all.GetLower().GetLower() & TailVector.Mask128<T>(count), narrow);
            AssertLanes(count, lane => narrow[lane], Vector128<T>.Count, source);
            AssertStored((ref T destination) => narrow.Store(ref destination, count), count, source, canary);
        }
    }

    private delegate void StoreTo<T>(ref T destination);

    private static void AssertLanes<T>(int count, Func<int, T> lane, int lanes, T[] source)
    {
        for (int index = 0; index < lanes; index++) Assert.Equal(index < count ? source[3 + index] : default, lane(index));
    }

    private static void AssertStored<T>(StoreTo<T> store, int count, T[] source, T canary)
    {
        T[] destination = new T[32];
        Array.Fill(destination, canary);
        store(ref destination[5]);
        for (int index = 0; index < destination.Length; index++)
            Assert.Equal(index >= 5 && index < 5 + count ? source[index - 2] : canary, destination[index]);
    }
}
