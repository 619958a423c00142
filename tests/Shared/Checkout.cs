namespace AuxLossRnn.Tests;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Checkout
{
    /// <summary>Its top folder.</summary>
    public static string Folder { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The kit's notebooks.</summary>
    public static string Notebooks => Path.Combine(Folder, "notebooks");

    /// <summary>The kit's libraries as a notebook refers to them, of the tests' own configuration.</summary>
    public static string Library => Path.Combine(Folder, "src", "AuxLossRnn.Experiments", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "AuxLossRnn.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("These tests run from a folder inside the repository."));
}
