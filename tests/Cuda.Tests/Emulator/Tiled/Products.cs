namespace DlGen.Tests.Emulator.Tiled;

/// <summary>What GELU(A·B + bias) is, and how its kernels are launched: 128 rows and 128 columns a block.</summary>
internal static class Products
{
    public static TiledKernel Kernel(string text, int sharedBytes, TiledBuffer left, TiledBuffer right, int n, int depth, bool rightIsTransposed, double bound)
    {
        int rows = left.Values.Length / depth;
        var bias = TiledBuffer.Draw("bias", n);
        double[] expected = new double[rows * n];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < n; column++)
            {
                double sum = bias.Values[column];
                for (int k = 0; k < depth; k++) sum += left.Values[(row * depth) + k] * right.Values[rightIsTransposed ? (column * depth) + k : (k * n) + column];
                expected[(row * n) + column] = RowKernels.Gelu(sum);
            }
        }
        return new TiledKernel(text, (rows + 127) / 128, 256, sharedBytes, [left, right, bias], [new TiledBuffer("y", expected, left.IsBFloat16)], bound, rows);
    }
}
