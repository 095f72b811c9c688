using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.Loader;
using DlGen.Ptx;
using DlGen.Kernels;

namespace DlGen.Tests.Mutation;

/// <summary>The printer of a generator with a planted fault, loaded beside the one that the tests were built with.</summary>
internal sealed class MutatedPrinter : IDisposable
{
    private readonly AssemblyLoadContext context = new("mutant", isCollectible: true);
    private readonly Transfer there;
    private readonly Transfer back = new(typeof(PtxPrinter).Assembly);
    private readonly MethodInfo print;
    private readonly MethodInfo printPlain;
    private readonly MethodInfo printInWay;
    private readonly PropertyInfo updateModule;
    private readonly Type kernel;

    public MutatedPrinter(byte[] image)
    {
        var assembly = context.LoadFromStream(new MemoryStream(image));
        there = new Transfer(assembly);
        updateModule = assembly.GetType(typeof(UpdateModule).FullName!, throwOnError: true)!.GetProperty(nameof(Ptx.UpdateModule.Text), BindingFlags.Static | BindingFlags.Public)!;
        kernel = assembly.GetType(typeof(Kernel).FullName!, throwOnError: true)!;
        var printer = assembly.GetType(typeof(PtxPrinter).FullName!, throwOnError: true)!;
        print = printer.GetMethod(nameof(PtxPrinter.Print), BindingFlags.Static | BindingFlags.Public)!;
        printPlain = printer.GetMethod(nameof(PtxPrinter.PrintPlain), BindingFlags.Static | BindingFlags.Public)!;
        printInWay = printer.GetMethod(nameof(PtxPrinter.PrintInWay), BindingFlags.Static | BindingFlags.Public)!;
    }

    public PtxModule Print(IReadOnlyList<Kernel> kernels, bool float64) => Invoke(print, Copies(kernels), float64);

    public PtxModule PrintPlain(IReadOnlyList<Kernel> kernels, bool float64) => Invoke(printPlain, Copies(kernels), float64);

    public PtxModule PrintInWay(IReadOnlyList<Kernel> kernels, bool float64, ContractionWay? way) => Invoke(printInWay, Copies(kernels), float64, there.Copy(way));

    private Array Copies(IReadOnlyList<Kernel> kernels)
    {
        var copies = Array.CreateInstance(kernel, kernels.Count);
        for (int i = 0; i < kernels.Count; i++) copies.SetValue(there.Copy(kernels[i]), i);
        return copies;
    }

    private PtxModule Invoke(MethodInfo method, params object?[] arguments)
    {
        try
        {
            return (PtxModule)back.Copy(method.Invoke(null, arguments))!;
        }
        catch (TargetInvocationException failure) when (failure.InnerException is { } cause)
        {
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
    }

    /// <summary>The text of the update kernels.</summary>
    public string UpdateModule => (string)updateModule.GetValue(null)!;

    public void Dispose() => context.Unload();
}
