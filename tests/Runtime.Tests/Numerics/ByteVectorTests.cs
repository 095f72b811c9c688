using System.Runtime.Intrinsics;
using DlGen.Numerics;

namespace DlGen.Tests.Numerics;

/// <summary>Lanes are the bytes that they are loaded from, whatever the width and however few there are.</summary>
public class ByteVectorTests
{
    private static readonly byte[] Bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

    [Fact]
    public void EveryByteIsItsNumber()
    {
        for (int at = 0; at + Vector512<float>.Count <= Bytes.Length; at++)
        {
            ref byte source = ref Bytes[at];
            Vector512<float> floats = ByteVector.Singles512(ref source);
            Vector512<double> doubles = ByteVector.Doubles512(ref source);
            for (int lane = 0; lane < Vector512<float>.Count; lane++) Assert.Equal(at + lane, floats[lane]);
            for (int lane = 0; lane < Vector512<double>.Count; lane++) Assert.Equal(at + lane, doubles[lane]);
            Assert.Equal(floats.GetLower(), ByteVector.Singles256(ref source));
            Assert.Equal(floats.GetLower().GetLower(), ByteVector.Singles128(ref source));
            Assert.Equal(doubles.GetLower(), ByteVector.Doubles256(ref source));
            Assert.Equal(doubles.GetLower().GetLower(), ByteVector.Doubles128(ref source));
        }
    }

    [Fact]
    public void LanesBehindTheLastByteAreZero()
    {
        ref byte source = ref Bytes[200];
        for (int count = 1; count <= Vector512<float>.Count; count++)
        {
            Assert.Equal(ByteVector.Singles512(ref source) & TailVector.Mask512<float>(count), ByteVector.Singles512(ref source, count));
            if (count <= Vector256<float>.Count) Assert.Equal(ByteVector.Singles256(ref source) & TailVector.Mask256<float>(count), ByteVector.Singles256(ref source, count));
            if (count <= Vector128<float>.Count) Assert.Equal(ByteVector.Singles128(ref source) & TailVector.Mask128<float>(count), ByteVector.Singles128(ref source, count));
            if (count <= Vector512<double>.Count) Assert.Equal(ByteVector.Doubles512(ref source) & TailVector.Mask512<double>(count), ByteVector.Doubles512(ref source, count));
            if (count <= Vector256<double>.Count) Assert.Equal(ByteVector.Doubles256(ref source) & TailVector.Mask256<double>(count), ByteVector.Doubles256(ref source, count));
            if (count <= Vector128<double>.Count) Assert.Equal(ByteVector.Doubles128(ref source) & TailVector.Mask128<double>(count), ByteVector.Doubles128(ref source, count));
        }
    }
}
