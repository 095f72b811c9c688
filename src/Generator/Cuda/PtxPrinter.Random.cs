using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    private const int WordsOfBlock = 4;

    /// <summary>Elements whose words lie in neighbouring blocks: see <see cref="PtxMath.RandomWords"/>.</summary>
    private const int LanesOfGroup = 16;

    /// <summary>
    /// A thread a block of the cipher, which has a word for each of four elements. All rows are one shard: the number of an element is its place.
    /// </summary>
    private void Print(RandomKernel random)
    {
        string seed = writer.Emit(Integer64, "ld.global.u64", $"[{draws}]");
        string step = writer.Emit(Integer64, "ld.global.u64", $"[{writer.Emit(Integer64, "add.s64", draws, "8")}]");
        string block = ThreadNumber(), key = math.RandomKey(seed, random.Stream);
        string[] numbers = random.Kind == RandomKind.Normal ? math.RandomNormal(block, key, step) : math.RandomUniform(block, key, step);

        string group = writer.Quotient(block, PtxWriter.Number(LanesOfGroup)), lane = writer.Remainder(block, PtxWriter.Number(LanesOfGroup));
        string first = Plus(lane, group, WordsOfBlock * LanesOfGroup), count = Product([Extent.Rows, Extent.Of(random.RowLength)]);
        for (int word = 0; word < WordsOfBlock; word++)
        {
            string element = Plus(first, word * LanesOfGroup);
            writer.Do($"@{writer.Emit(Predicate, "setp.lt.u64", element, count)} st.global.{math.Type}", ElementAddress(0, element), numbers[word]);
        }
    }
}
