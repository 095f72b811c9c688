using System.Runtime.InteropServices;

namespace DlGen.Devices;

/// <summary>The results of the driver (<c>CUresult</c>) that something is done about, and how any is told.</summary>
internal static unsafe class CudaError
{
    public const int OutOfMemory = 2;
    public const int Deinitialized = 4;
    public const int StubLibrary = 34;
    public const int NoDevice = 100;
    public const int NoBinaryForGpu = 209;
    public const int JitCompilerNotFound = 221;
    public const int UnsupportedPtxVersion = 222;
    public const int NotReady = 600;
    public const int SystemDriverMismatch = 803;

    /// <summary>After these the context takes no further call: memory or a link that failed, a kernel that went astray or was ended, a driver that is shut down as the process ends.</summary>
    public static bool LosesContext(int result) => result is Deinitialized or 214 or 220 or 226 or 700 or 702 or 709 or 710 or (>= 714 and <= 719) or 721;

    public static string NameOf(CudaDriver driver, int result)
    {
        byte* name = null;
        return driver.cuGetErrorName(result, &name) == 0 && name is not null ? Marshal.PtrToStringUTF8((nint)name)! : "unknown";
    }

    public static string TextOf(CudaDriver driver, int result)
    {
        byte* text = null;
        return driver.cuGetErrorString(result, &text) == 0 && text is not null ? Marshal.PtrToStringUTF8((nint)text)! : "this driver has no text for it";
    }

    /// <summary>CUDA_ERROR_NO_DEVICE (100): no CUDA-capable device is detected.</summary>
    public static string Describe(CudaDriver driver, int result) => $"{NameOf(driver, result)} ({result}): {TextOf(driver, result)}";
}
