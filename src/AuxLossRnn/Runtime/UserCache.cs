namespace AuxLossRnn.Runtime;

/// <summary>The kit's folder among this user's caches.</summary>
public static class UserCache
{
    /// <summary><c>auxlossrnn</c> below XDG_CACHE_HOME or ~/.cache; null where neither is an absolute path, as the XDG standard asks.</summary>
    public static string? Folder
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            string home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            return new[] { cache, home }.FirstOrDefault(Path.IsPathRooted) is string root ? Path.Combine(root, "auxlossrnn") : null;
        }
    }
}
