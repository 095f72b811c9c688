using DlGen.Ptx;

namespace DlGen.Tests.Kernels;

/// <summary>What tensor cores' operands are, by the definition of their types: a float's exponents and fewer digits, to nearest.</summary>
internal static class MatrixRounding
{
    public static double Of(MatrixNumbers numbers, float value) => numbers switch
    {
        MatrixNumbers.Tf32 => Round(value, digits: 10, MidpointRounding.AwayFromZero),
        MatrixNumbers.BFloat16 => Round(value, digits: 7, MidpointRounding.ToEven),
        _ => value,
    };

    /// <summary>So many binary digits behind the leading one; of normal numbers.</summary>
    private static double Round(double value, int digits, MidpointRounding halves)
    {
        if (value == 0) return value;
        double unit = Math.ScaleB(1, Math.ILogB(value) - digits);
        return Math.Round(value / unit, halves) * unit;
    }
}
