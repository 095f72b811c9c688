using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>
    /// Where elements lie. Within a tile indices have 32 bits; what grows with the rows has 64, and is added once a block. An access's address is the sum of what batch, row and column give.
    /// </summary>
    private sealed partial class TileContraction
    {
        /// <summary>The indices of a side's axes at a position; of an axis that grows with the rows, from the tile's first on.</summary>
        private string[] Position(ContractionSide side, string rest, string local)
        {
            string position = Sum(rest, local);
            string[] indices = new string[side.Axes.Count];
            for (int axis = indices.Length - 1; axis > 0; axis--)
            {
                indices[axis] = Remainder(position, side.Extents[axis].Constant);
                position = Quotient(position, side.Extents[axis].Constant);
            }
            if (indices.Length > 0) indices[0] = position;
            return indices;
        }

        /// <summary>The access's address at the tile's first row.</summary>
        private string Base(Access access)
        {
            string address = Along(access, sides.Batch, batch, entry.buffers[access.Buffer]);
            foreach (var (side, origin) in new[] { (sides.M, m), (sides.N, n) })
            {
                if (origin.First == "0" || access.Strides[side.Axes[0]] == 0) continue;
                address = writer.Emit(Integer64, "mad.lo.s64", origin.First, PtxWriter.Number((long)access.Strides[side.Axes[0]] * entry.BytesPerElement(access.Buffer)), address);
            }
            return address;
        }

        private string Along(Access access, ContractionSide side, string[] position, string address)
        {
            int bytes = entry.BytesPerElement(access.Buffer);
            for (int i = 0; i < position.Length; i++)
            {
                int axis = side.Axes[i];
                if (axis == access.PanelAxis)
                {
                    address = Step(address, Quotient(position[i], access.PanelWidth), (long)access.PanelStride * bytes);
                    address = Step(address, Remainder(position[i], access.PanelWidth), bytes);
                }
                else
                {
                    address = Step(address, position[i], (long)access.Strides[axis] * bytes);
                }
            }
            return address;
        }

        /// <summary>The address so many steps further.</summary>
        private string Step(string address, string index, long bytes)
        {
            if (index == "0" || bytes == 0) return address;
            return bytes == (int)bytes ? writer.Emit(Integer64, "mad.wide.s32", index, PtxWriter.Number(bytes), address)
                : writer.Emit(Integer64, "mad.lo.s64", Wide(index), PtxWriter.Number(bytes), address);
        }

        private string Wide(string index) => index == "0" ? index : writer.Emit(Integer64, "cvt.s64.s32", index);

        private string Sum(string x, string y) => x == "0" ? y : y == "0" ? x : writer.Emit(Integer32, "add.u32", x, y);

        private string Scaled(string x, int by) => x == "0" || by == 1 ? x : writer.Emit(Integer32, "mul.lo.u32", x, PtxWriter.Number(by));

        private string Quotient(string x, long by) => writer.Quotient(x, PtxWriter.Number(by));

        private string Remainder(string x, long by) => writer.Remainder(x, PtxWriter.Number(by));

        private static string At(string address, long bytes) => bytes == 0 ? $"[{address}]" : $"[{address}+{PtxWriter.Number(bytes)}]";

        private static string Vector(IEnumerable<string> registers) => $"{{{string.Join(", ", registers)}}}";
    }
}
