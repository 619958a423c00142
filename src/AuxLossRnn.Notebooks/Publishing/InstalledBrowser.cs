using System.Reflection;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Notebooks.Publishing;

/// <summary>The browser of this machine that draws figures: Chromium, Chrome or Edge.</summary>
public static class InstalledBrowser
{
    private const string Driver = "AuxLossRnn.Browser";

    /// <summary>Where a browser is: on Linux on the search path, on Windows and macOS where installers put it.</summary>
    /// <returns>The program; null if there is none.</returns>
    public static string? Find() => Candidates().FirstOrDefault(File.Exists);

    /// <summary>Loads what drives a browser from the folder <c>browser</c> beside this library, which nothing else needs.</summary>
    /// <param name="program">The browser's program; null to look for one.</param>
    /// <param name="limit">How long it may take to start, and for each figure; null for a minute, which is long also on a machine that trains meanwhile.</param>
    /// <exception cref="UserException">There is no browser, or the driver was not built.</exception>
    public static IFigureDrawer Load(string? program, TimeSpan? limit = null)
    {
        program ??= Find() ?? throw new UserException(
            "they are drawn by a browser, and neither Chromium nor Chrome nor Edge was found. Install one (Debian, Ubuntu: `apt-get install chromium`), or name its program with --browser.");
        string path = Path.Combine(Path.GetDirectoryName(typeof(InstalledBrowser).Assembly.Location)!, "browser", $"{Driver}.dll");
        if (!File.Exists(path))
        {
            throw new UserException($"they need {path}, which is missing. Build it with `dotnet build -c Release src/{Driver}`.");
        }

        Type type = Assembly.LoadFrom(path).GetType($"{Driver}.BrowserFigureDrawer", throwOnError: true)!;
        return (IFigureDrawer)Activator.CreateInstance(type, program, limit ?? TimeSpan.FromMinutes(1))!;
    }

    private static IEnumerable<string> Candidates()
    {
        if (OperatingSystem.IsWindows())
        {
            Environment.SpecialFolder[] roots =
                [Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86, Environment.SpecialFolder.LocalApplicationData];
            string[] programs = [@"Google\Chrome\Application\chrome.exe", @"Chromium\Application\chrome.exe", @"Microsoft\Edge\Application\msedge.exe"];
            return programs.SelectMany(program => roots.Select(root => Path.Combine(Environment.GetFolderPath(root), program)));
        }

        if (OperatingSystem.IsMacOS())
        {
            string[] roots = ["/Applications", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "Applications")];
            string[] names = ["Google Chrome", "Chromium", "Microsoft Edge"];
            return names.SelectMany(name => roots.Select(root => Path.Combine(root, $"{name}.app/Contents/MacOS/{name}")));
        }

        string[] folders = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        string[] commands = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable"];
        return commands.SelectMany(command => folders.Select(folder => Path.Combine(folder, command)));
    }
}
