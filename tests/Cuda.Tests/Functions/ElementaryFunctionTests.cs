using DlGen.Ptx;
using DlGen.Tests.Numerics;

namespace DlGen.Tests.Functions;

public class ElementaryFunctionTests
{
    public static TheoryData<string> SingleNames => [.. ElementaryFunctions.Single.Select(f => f.Name)];

    public static TheoryData<string> DoubleNames => [.. ElementaryFunctions.Double.Select(f => f.Name)];

    [Theory, MemberData(nameof(SingleNames))]
    public void Floats_err_by_no_more_than_is_stated(string name) => FunctionChecks.Single(name, density: 20, PtxPrinter.Print);

    [Theory, MemberData(nameof(DoubleNames))]
    public void Doubles_err_by_no_more_than_is_stated(string name) => FunctionChecks.Double(name, density: 10, PtxPrinter.Print);

    [Fact]
    public void Powers_of_floats_err_by_no_more_than_is_stated() => FunctionChecks.SinglePower(density: 10, PtxPrinter.Print);

    [Fact]
    public void Powers_of_doubles_err_by_no_more_than_is_stated() => FunctionChecks.DoublePower(density: 10, PtxPrinter.Print);

    [Fact]
    public void Angles_of_any_size_are_reduced_to_their_last_digit() => FunctionChecks.BesideZeros(PtxPrinter.Print);
}
