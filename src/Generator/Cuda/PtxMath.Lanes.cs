using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxMath
{
    /// <summary>The number that the lane has whose index differs in the bit of the distance. All lanes of the warp must come here but those whose threads have ended.</summary>
    public string FromLane(string x, int distance)
    {
        if (!float64) return FromBits(FromLane32(Bits(x), distance));
        string low = writer.Register(Integer32), high = writer.Register(Integer32);
        writer.Do("mov.b64", $"{{{low}, {high}}}", x);
        return Emit("mov.b64", $"{{{FromLane32(low, distance)}, {FromLane32(high, distance)}}}");
    }

    /// <summary>The sum over neighbouring lanes, as many as a power of two, which all of them get: added in pairs, so that the order depends on nothing else.</summary>
    public string SumOfLanes(string x, int lanes)
    {
        for (int distance = lanes / 2; distance > 0; distance /= 2) x = Add(x, FromLane(x, distance));
        return x;
    }

    private string FromLane32(string bits, int distance) => writer.Emit(Integer32, "shfl.sync.bfly.b32", bits, PtxWriter.Number(distance), "31", "0xffffffff");
}
