using DlGen.Ptx;
using DlGen.Kernels;

namespace DlGen.Tests.Kernels;

/// <summary>A printer of kernels: <see cref="PtxPrinter.Print"/>, or that of a generator in which a fault is planted.</summary>
internal delegate PtxModule Printing(IReadOnlyList<Kernel> kernels, bool float64);
