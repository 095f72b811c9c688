using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

internal sealed partial class KernelInterpreter
{
    /// <summary>With all of one head's matrices in memory: scores, probabilities, their gradients.</summary>
    private void Attention(AttentionKernel kernel, long[] outer)
    {
        double At(Access access, int position, int feature) => Read(access, [.. outer, position, feature], 0);
        void Set(int position, int feature, double value) => Write(kernel.Result, [.. outer, position, feature], value);
        double Score(int i, int j) => kernel.Scale * Sum(kernel.Width, c => At(kernel.Query, i, c) * At(kernel.Key, j, c));
        bool Sees(int i, int j) => (!kernel.IsCausal || j <= i) && (kernel.Mask is not { } mask || At(mask, i, j) != 0);

        double[,] scores = Matrix(kernel, (i, j) => Sees(i, j) ? Score(i, j) : double.NegativeInfinity);
        if (kernel.Backward is not { } backward)
        {
            for (int i = 0; i < kernel.Queries; i++)
            {
                double largest = Enumerable.Range(0, kernel.Keys).Max(j => scores[i, j]);
                if (double.IsNegativeInfinity(largest))
                {
                    for (int e = 0; e <= kernel.ValueWidth; e++) Set(i, e, 0);
                    continue;
                }
                double total = Sum(kernel.Keys, j => Math.Exp(scores[i, j] - largest));
                for (int e = 0; e < kernel.ValueWidth; e++) Set(i, e, Sum(kernel.Keys, j => Math.Exp(scores[i, j] - largest) / total * At(kernel.Value, j, e)));
                Set(i, kernel.ValueWidth, largest + Math.Log(total));
            }
            return;
        }

        double[,] weights = Matrix(kernel, (i, j) => Math.Exp(scores[i, j] - At(backward.LogSum, i, 0)));
        double[,] slopes = Matrix(kernel, (i, j) => kernel.Scale * weights[i, j] * (Sum(kernel.ValueWidth, e => At(backward.Upstream, i, e) * At(kernel.Value, j, e)) - At(backward.Centre, i, 0)));
        for (int i = 0; i < kernel.Queries; i++)
            for (int c = 0; c < kernel.Width; c++) Set(i, c, Sum(kernel.Keys, j => slopes[i, j] * At(kernel.Key, j, c)));
        for (int j = 0; j < kernel.Keys; j++)
        {
            for (int c = 0; c < kernel.Width; c++) Write(backward.ByKey, [.. outer, j, c], Sum(kernel.Queries, i => slopes[i, j] * At(kernel.Query, i, c)));
            for (int e = 0; e < kernel.ValueWidth; e++) Write(backward.ByValue, [.. outer, j, e], Sum(kernel.Queries, i => weights[i, j] * At(backward.Upstream, i, e)));
        }
    }

    private void Attention(OneQueryAttentionKernel kernel, long[] outer)
    {
        double At(Access access, int position, int feature) => Read(access, [.. outer, position, feature], 0);
        int visible = kernel.Position is { } position ? (int)At(position, 0, 0) + 1 : kernel.Keys;
        int[] seen = [.. Enumerable.Range(0, visible).Where(j => kernel.Mask is not { } mask || At(mask, j, 0) != 0)];
        double[] scores = [.. seen.Select(j => kernel.Scale * Sum(kernel.Width, c => At(kernel.Query, 0, c) * At(kernel.Key, j, c)))];
        double largest = scores.DefaultIfEmpty(0).Max(), total = scores.Sum(score => Math.Exp(score - largest));
        for (int e = 0; e < kernel.ValueWidth; e++) Write(kernel.Result, [.. outer, 0, e], seen.Zip(scores, (j, score) => Math.Exp(score - largest) / total * At(kernel.Value, j, e)).Sum());
    }

    private static double[,] Matrix(AttentionKernel kernel, Func<int, int, double> element)
    {
        double[,] matrix = new double[kernel.Queries, kernel.Keys];
        for (int i = 0; i < kernel.Queries; i++)
            for (int j = 0; j < kernel.Keys; j++) matrix[i, j] = element(i, j);
        return matrix;
    }

    private static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);
}
