namespace DlGen.Ptx;

/// <summary>What tensor cores multiply: operands are rounded to these numbers, and products, which are exact, are added in float. In the order of CudaPrecision.</summary>
internal enum MatrixNumbers
{
    /// <summary>Nothing: threads multiply floats or doubles.</summary>
    None,

    /// <summary>The exponents of a float, and 10 bits behind the leading one.</summary>
    Tf32,

    /// <summary>The exponents of a float, and 7 bits behind the leading one; two of them share a register.</summary>
    BFloat16,
}
