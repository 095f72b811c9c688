namespace DlGen.Kernels;

/// <summary>
/// Terms of a contraction that are products with the zeros around an image: at the index o of one axis and the index k of a sum, an operand is read at the line <paramref name="Start"/> + o·<paramref name="Stride"/> + k·<paramref name="Step"/>,
/// and only the lines from 0 to <paramref name="Lines"/> are the image's. A backend may leave the others out.
/// </summary>
/// <param name="Outer">The axis among the kernel's outer ones: pixels of a convolution, taps of a gradient by these.</param>
/// <param name="Sum">The axis among those that are summed.</param>
/// <param name="Step">1 or -1.</param>
internal readonly record struct Border(int Outer, int Sum, int Stride, int Step, int Start, int Lines);
