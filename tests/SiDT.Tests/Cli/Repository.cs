namespace SiDT.Tests.Cli;

/// <summary>Files of this repository.</summary>
internal static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = Find();

    public static string Model => Of("models/fashion-vit.onnx");

    public static string TestData => Of("models/fashion-test.npz");

    public static string CalibrationData => Of("models/fashion-calib.npz");

    public static string Of(string path) => Path.Combine(Root, path);

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "SiDT.Compiler.sln")))
                return at.FullName;
        }
        throw new DirectoryNotFoundException("the tests do not lie in the repository");
    }
}
